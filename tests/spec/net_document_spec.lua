-- SPDX-License-Identifier: MIT
-- The examples of the document that net implements, as printed but for the port and the path: these are free ones here.
local llsocket = require('llsocket')
local modes = require('modes')
local net = require('net')
local network = require('network')

local compile = loadstring or load

local keep = network.keep

-- A port that stays free for a server: where both have SO_REUSEADDR and neither listens, two can have it (socket(7)).
local function free_port()
  local sock = keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)))
  assert(sock:reuseaddr(true) ~= nil)
  assert(sock:bind(llsocket.addrinfo.inet('127.0.0.1', 0)))
  return sock:getsockname():port()
end

local function listening_port()
  local server = keep(assert(net.stream.inet.server.new({ host = '127.0.0.1', port = 0 })))
  assert.is_nil(server:listen())
  return server:getsockname():port()
end

-- The locals of an example that may begin with these names, and the values they have at its end.
local function run(text, port, path)
  local example = text:gsub('8080', tostring(port)):gsub('/tmp/example%.sock', tostring(path))
  local made, err = assert(compile(example .. '\nreturn sock or socks or msg, err'))()
  assert.is_nil(err)
  return keep(assert.is_truthy(made) and made)
end

modes.each(function(mode)
  mode.it('net.msghdr.new', function()
    local msg = run([[
local net = require('net')
local msg, err = net.msghdr.new()
]])
    assert.equal(0, msg:bytes())
  end)

  mode.it('a server at a port', function()
    local port = free_port()
    local sock = run([[
local inet = require('net.stream.inet')
local sock, err = inet.server.new({
    host = '127.0.0.1',
    port = '8080'
})
]], port)
    local ai = sock:getsockname()
    assert.same({ '127.0.0.1', port }, { ai:addr(), ai:port() })
    assert.is_nil(sock:listen())
    sock:close()
  end)

  mode.it('a client of a port', function()
    local port = listening_port()
    local sock = run([[
local inet = require('net.stream.inet')
local sock, err = inet.client.new({
    host = '127.0.0.1',
    port = '8080'
})
]], port)
    assert.equal(port, sock:getpeername():port())
    sock:close()
  end)

  mode.it('a server at a path', function()
    local path = network.free_path()
    finally(function()
      os.remove(path)
    end)
    local sock = run([[
local unix = require('net.stream.unix')
local sock, err = unix.server.new({
    path = '/tmp/example.sock'
})
]], nil, path)
    assert.equal(path, sock:getsockname():addr())
    assert.is_nil(sock:listen())
    sock:close()
  end)

  mode.it('a pair of streams', function()
    local socks = run([[
local unix = require('net.stream.unix')
local socks, err = unix.pair()
]])
    assert.equal(5, socks[1]:send('hello'))
    assert.equal('hello', socks[2]:recv())
  end)

  mode.it('a datagram socket for a port', function()
    local receiver = keep(assert(net.dgram.inet.new({ host = '127.0.0.1', port = 0 })))
    assert.is_nil(receiver:bind())
    local sock = run([[
local inet = require('net.dgram.inet')
local sock, err = inet.new({
    host = '127.0.0.1',
    port = '8080'
})
]], receiver:getsockname():port())
    assert.is_nil(sock:connect())
    assert.equal(5, sock:send('hello'))
    assert.equal('hello', (receiver:recvfrom()))
  end)

  mode.it('a pair for datagrams', function()
    local socks = run([[
local unix = require('net.dgram.unix')
local socks, err = unix.pair()
]])
    assert.equal(5, socks[1]:send('hello'))
    assert.equal('hello', socks[2]:recv())
  end)

  mode.it('a datagram socket for a path', function()
    local path = network.free_path()
    finally(function()
      os.remove(path)
    end)
    local sock = run([[
local unix = require('net.dgram.unix')
local sock, err = unix.new({
    path = '/tmp/example.sock'
})
]], nil, path)
    assert.is_nil(sock:bind())
    assert.equal(path, sock:getsockname():addr())
  end)
end)
