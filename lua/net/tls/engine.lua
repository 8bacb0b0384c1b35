-- SPDX-License-Identifier: MIT
-- What net has of llsocket.tls, if this build has that: `available`.

local errors = require('net.errors')

local available, tls = pcall(require, 'llsocket.tls')

local engine = { available = available, module = available and tls or {} }

-- Raises an error: there is none.
function engine.refuse()
  errors.raise('this build has no TLS; build it with OpenSSL 3')
end

-- One end of a connection over a socket of llsocket, or over the number of a descriptor: or nil and a string.
engine.session = engine.module.session

-- What is done to it, by functions which take it first: they are in glue/tls/session.cpp.
for _, name in ipairs({ 'handshake', 'read', 'write', 'sendfile', 'close', 'feed', 'end_input', 'release' }) do
  engine[name] = engine.module[name]
end

function engine.is_config(value)
  return getmetatable(value) == 'net.tls.config'
end

local contexts = setmetatable({}, { __mode = 'k' })

-- What connections of this role have in common, which is made once for as long as the configuration stays as it is: or
-- nil and a string.
function engine.context(config, role)
  local made, version = contexts[config], tls.version(config)
  if not made or made.version ~= version then
    made = { version = version }
    contexts[config] = made
  end
  if not made[role] then
    local context, err = tls[role](config)
    if not context then
      return nil, err
    end
    made[role] = context
  end
  return made[role]
end

return engine
