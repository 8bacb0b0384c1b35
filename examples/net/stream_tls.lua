-- A server with TLS that asks its clients for certificates, and greets them by the names in those; a client without one
-- is refused. The openssl command makes the authority of both.
-- Run: ./dev lua 5.4 examples/net/stream_tls.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, loop, tls = net.stream.inet, net.loop, net.tls

local directory = io.popen('mktemp -d'):read('*l')

local function path(name)
  return directory .. '/' .. name
end

local function run(words)
  local status = os.execute(('cd %s && openssl %s 2>>log'):format(directory, words))
  assert(status == true or status == 0, 'openssl failed')
end

local NEW_KEY = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes'

local function issue(name)
  local names = assert(io.open(path('names'), 'w'))
  names:write('subjectAltName=DNS:', name, '.test\n')
  names:close()
  run(('req %s -subj /CN=%s -keyout %s.key -out request'):format(NEW_KEY, name, name))
  run(('x509 -req -in request -CA ca.crt -CAkey ca.key -CAcreateserial -extfile names -out %s.crt'):format(name))
end

-- What an end needs that has the certificate of this name, or none, and trusts the authority.
local function config(name)
  local cfg = tls.config.new()
  assert(cfg:set_ca_file(path('ca.crt')))
  if name then
    assert(cfg:set_keypair_file(path(name .. '.crt'), path(name .. '.key')))
  end
  return cfg
end

local function greet(sock)
  sock:send('hello ' .. sock:tls():peer_cert_subject():match('CN=(%w+)'))
end

local function visit(port, name)
  local client = assert(inet.client.new({
    host = '127.0.0.1', port = port, servername = 'server.test', tlscfg = config(name),
  }, true, 5000))
  local answer, err = client:recv() -- in TLS 1.3 a client is refused after its part of the handshake
  client:close()
  return answer or err
end

local function main()
  local cfg = config('server')
  cfg:verify_client()
  local server = assert(inet.server.new({ host = '127.0.0.1', tlscfg = cfg }))
  assert(not server:listen())
  loop.spawn(server.serve, server, greet)

  local port = server:getsockname():port()
  for _, name in ipairs({ 'Ann', 'Bob' }) do
    print(visit(port, name))
  end
  print((visit(port):match('^%[([%u_]+)')))
  server:stop()
end

run(('req -x509 %s -subj /CN=authority -keyout ca.key -out ca.crt'):format(NEW_KEY))
for _, name in ipairs({ 'server', 'Ann', 'Bob' }) do
  issue(name)
end
local ok, err = loop.run(main)
os.execute('rm -r ' .. directory)
assert(ok, err)
