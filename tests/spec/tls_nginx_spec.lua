-- SPDX-License-Identifier: MIT
-- nginx as a server of TLS, and as a client of one.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local peers = require('peers')
local secure = require('secure')

local keep = network.keep
local LARGE = loops.pattern(5000000)

after_each(loops.assert_idle)

setup(secure.certificate)

local config = [[
daemon off;
master_process off;
worker_processes 1;
pid %s/pid;
error_log stderr notice;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path %s/body;
  proxy_temp_path %s/proxy;
  fastcgi_temp_path %s/fastcgi;
  uwsgi_temp_path %s/uwsgi;
  scgi_temp_path %s/scgi;
  server {
%s
  }
}
]]

-- Starts nginx with the lines of a server, in which DIR is its directory: its port, whose holder is kept.
local function start(lines)
  local directory = peers.directory()
  local port, holder = peers.port()
  peers.write(directory .. '/large', LARGE)
  peers.write(directory .. '/small', 'small')
  local text = config:gsub('%%s/', function()
    return directory .. '/'
  end)
  peers.write(directory .. '/nginx.conf', (text:gsub('%%s', function()
    return (lines:gsub('PORT', port):gsub('DIR', directory))
  end)))
  keep(holder)
  local peer = peers.start({ 'nginx', '-p', directory, '-e', 'stderr', '-c', directory .. '/nginx.conf' })
  peer:expect('using the "epoll" event method')
  peer:expect('OS: ')
  for _ = 1, 1000 do -- it says nothing when it listens
    local probe = net.stream.inet.client.new({ host = '127.0.0.1', port = port })
    if probe then
      probe:close()
      break
    end
    loop.sleep(0.01)
  end
  return port, peer
end

local server_lines = [[
    listen 127.0.0.1:PORT ssl;
    ssl_certificate %s;
    ssl_certificate_key %s;
    ssl_protocols %s;
    root DIR;
]]

local function get(client, path)
  assert(client:send(('GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n'):format(path)))
  local head = assert(client:readuntil('\r\n\r\n'))
  return assert(client:readn(tonumber(head:match('Content%-Length: (%d+)')))), head
end

for version, name in pairs({ ['TLSv1.2'] = 'tlsv1.2', ['TLSv1.3'] = 'tlsv1.3' }) do
  peers.it({ 'nginx' })('nginx serves small and large files over one connection of ' .. version, function()
    loops.run(function()
      local made = secure.certificate()
      local port, peer = start(server_lines:format(made.cert, made.key, version))
      local client = keep(assert(secure.connect(port)))
      client:deadlines(secure.PATIENCE, secure.PATIENCE)
      assert.equal(version, client:tls():conn_version())
      for _ = 1, 3 do
        assert.equal('small', get(client, '/small'))
        assert.is_true(LARGE == get(client, '/large'))
      end
      client:send('GET /small HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
      assert.is_truthy(modes.receive_all(client):find('\r\n\r\nsmall$'))
      client:close()
      peer:stop()
    end)
  end)

  peers.it({ 'nginx' })('nginx is served as a proxy that speaks ' .. version, function()
    loops.run(function()
      local server, upstream = secure.listener(secure.server_config({ set_protocols = name }))
      local port, peer = start(([[
    listen 127.0.0.1:PORT;
    location / {
      proxy_pass https://127.0.0.1:%d;
      proxy_http_version 1.1;
      proxy_ssl_verify on;
      proxy_ssl_name localhost;
      proxy_ssl_server_name on;
      proxy_ssl_protocols %s;
      proxy_ssl_trusted_certificate %s;
    }
]]):format(upstream, version, secure.authority().cert))
      local seen
      local serving = loop.spawn(server.serve, server, function(connection)
        local head = connection:readuntil('\r\n\r\n')
        seen = connection:tls():conn_version()
        local size = head and tonumber(head:match('Content%-Length: (%d+)')) or 0
        local body = size > 0 and connection:readn(size) or 'none'
        connection:send(('HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n'):format(#body))
        connection:send(body)
      end)
      local client = modes.client(port)
      client:deadlines(secure.PATIENCE, secure.PATIENCE)
      assert.equal('none', get(client, '/'))
      assert.equal(version, seen)
      local body = LARGE:sub(1, 900000)
      client:send(('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n'):format(#body))
      client:send(body)
      assert.is_truthy(client:readuntil('\r\n\r\n'):find('^HTTP/1.1 200'))
      assert.is_true(body == client:readn(#body))
      client:close()
      server:stop()
      serving:join()
      peer:stop()
    end)
  end)
end
