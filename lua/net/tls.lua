-- SPDX-License-Identifier: MIT
-- net.tls: what tlscfg is made of. The names are those of libtls; docs/reference/net/tls.md tells what they mean here.
--
--   available                 whether this build has TLS; where it has not, the functions raise an error that says so
--   config.new()              a configuration: see tls_config_*(3)
--   client(cfg), server(cfg)  contexts, for programs that move the bytes themselves
--   parse_protocols(list), load_file(path [, passphrase]), default_ca_cert_file()

local engine = require('net.tls.engine')
local errors = require('net.errors')

local module, refuse = engine.module, engine.refuse

local tls = {
  available = engine.available,
  config = { new = module.config or refuse },
  parse_protocols = module.parse_protocols or refuse,
  load_file = module.load_file or refuse,
  default_ca_cert_file = module.default_ca_cert_file or refuse,
  WANT_POLLIN = 'read',
  WANT_POLLOUT = 'write',
}

for name, value in pairs(module) do
  if name:find('^PROTOCOL') then
    tls[name] = value
  end
end

-- A context as libtls has it: of a client, of a server, or of a connection that the server accepted. Its calls answer
-- nil, nil, true, "read" or "write" when they would block.
local Context = {}
Context.__index = Context

local function new_context(config, role)
  if not engine.available then
    refuse()
  elseif not engine.is_config(config) then
    errors.argument(1, role, 'net.tls.config expected, got ' .. type(config))
  end
  local context, err = engine.context(config, role)
  if not context then
    return nil, err
  end
  return setmetatable({ context = context, role = role }, Context)
end

function tls.client(config)
  return new_context(config, 'client')
end

function tls.server(config)
  return new_context(config, 'server')
end

-- What the call of an argument-checking function of the module gave: its problem is told as one of the method `name`.
local function answer(name, ok, ...)
  if not ok then
    errors.hand_on(name, 1, (...))
  end
  return ...
end

-- The client speaks over this descriptor, which stays the program's: true | nil, err.
function Context:connect_socket(fd, servername, resumption)
  if self.role ~= 'client' then
    errors.raise('connect_socket is for clients')
  end
  local session, err = answer('connect_socket', pcall(engine.session, self.context, fd, servername, resumption))
  self.session, self.is_ready = session, false
  return session and true, err
end

-- A connection of the server over this descriptor, which stays the program's: context | nil, err.
function Context:accept_socket(fd)
  if self.role ~= 'server' then
    errors.raise('accept_socket is for servers')
  end
  local session, err = answer('accept_socket', pcall(engine.session, self.context, fd))
  if not session then
    return nil, err
  end
  return setmetatable({ context = self.context, role = 'connection', session = session }, Context)
end

local function session_of(self)
  return self.session or errors.raise('there is no connection')
end

-- Methods of a connection, which call(session, ...) does. Those that move bytes make the handshake before, if that is
-- still to be made.
local function add_method(name, call, needs_handshake)
  Context[name] = function(self, ...)
    local session = session_of(self)
    if needs_handshake and not self.is_ready then
      local ok, err, again, want = engine.handshake(session)
      if not ok then
        return nil, err, again, want
      end
      self.is_ready = true
    end
    return answer(name, pcall(call, session, ...))
  end
end

add_method('handshake', engine.handshake)
add_method('close', engine.close)
add_method('read', engine.read, true)
add_method('write', engine.write, true)
for _, name in ipairs(module.queries or {}) do
  add_method(name, function(session, ...)
    return session[name](session, ...)
  end)
end

return tls
