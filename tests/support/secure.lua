-- SPDX-License-Identifier: MIT
-- Servers and clients with TLS for tests, with certificates of one authority.

local assert = require('luassert')
local authority = require('authority')
local loop = require('net.loop')
local modes = require('modes')
local net = require('net')
local network = require('network')
local tls = require('net.tls')

local keep = network.keep

local secure = { PATIENCE = 20000 } -- milliseconds

-- The authority that both ends know, and a certificate of it for localhost.
function secure.authority()
  secure.ca = secure.ca or authority.new()
  return secure.ca
end

function secure.certificate()
  secure.made = secure.made or secure.authority():issue()
  return secure.made
end

-- Applies settings, a table of method -> argument or list of arguments, to a new configuration.
function secure.config(settings)
  local config = tls.config.new()
  for name, arguments in pairs(settings or {}) do
    if type(arguments) ~= 'table' then
      arguments = { arguments }
    elseif arguments == secure.NOTHING then
      arguments = {}
    end
    assert(config[name](config, (table.unpack or unpack)(arguments)))
  end
  return config
end

secure.NOTHING = {}

local function with(settings, more)
  for name, arguments in pairs(more or {}) do
    settings[name] = arguments
  end
  return secure.config(settings)
end

function secure.server_config(more)
  local made = secure.certificate()
  return with({ set_keypair_file = { made.cert, made.key } }, more)
end

function secure.client_config(more)
  return with({ set_ca_file = secure.authority().cert }, more)
end

-- A server that listens, and its port.
function secure.listener(config, options)
  options = options or {}
  options.host, options.tlscfg = options.host or '127.0.0.1', config or secure.server_config()
  local server = keep(assert(net.stream.inet.server.new(options)))
  assert.is_nil(server:listen())
  server:deadlines(secure.PATIENCE)
  return server, server:getsockname():port()
end

-- What connecting to that port answers.
function secure.connect(port, config, options)
  options = options or {}
  options.host, options.port = options.host or '127.0.0.1', port
  options.tlscfg = config or secure.client_config()
  options.servername = options.servername or 'localhost'
  return net.stream.inet.client.new(options, true, secure.PATIENCE)
end

-- A connection, in a task: the client, the server's end, and the server. `what`: server, client (settings), options.
function secure.pair(what)
  what = what or {}
  local server, port = secure.listener(secure.server_config(what.server), what.server_options)
  local accepted = loop.spawn(server.accept, server)
  local client = keep(assert(secure.connect(port, secure.client_config(what.client), what.options)))
  local ok, connection = accepted:join()
  assert(ok and connection, connection)
  connection:deadlines(secure.PATIENCE, secure.PATIENCE)
  client:deadlines(secure.PATIENCE, secure.PATIENCE)
  return client, keep(connection), server
end

-- Sends until the connection takes nothing more: a little may fit although the socket is not ready for more. Its buffer
-- grows no more before.
function secure.fill(sock)
  assert(sock.sock:sndbuf(65536))
  local tries = 0
  repeat
    tries = tries + 1
  until modes.fill(sock) == 0 or tries == 50
end

return secure
