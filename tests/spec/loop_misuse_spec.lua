-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local network = require('network')
local scenes = require('scenes')

local addrinfo, socket = llsocket.addrinfo, llsocket.socket
local SOCK_DGRAM, SOCK_STREAM = llsocket.SOCK_DGRAM, llsocket.SOCK_STREAM

local task, pair, failure = loops.task, loops.pair, loops.failure
local pattern, receive_slowly = loops.pattern, loops.receive_slowly

after_each(loops.assert_idle)

describe('a closed socket', function()
  for name, call in pairs({
    recv = function(sock) return loop.recv(sock, 20) end,
    send = function(sock) return loop.send(sock, 20, 'x') end,
    recvfrom = function(sock) return loop.recvfrom(sock, 20) end,
    sendto = function(sock) return loop.sendto(sock, 20, 'x', addrinfo.inet('127.0.0.1', 1, SOCK_DGRAM)) end,
    sendfile = function(sock) return loop.sendfile(sock, 20, scenes.file('x')(), 1) end,
    accept = function(sock) return loop.accept(sock, 20) end,
    connect = function(sock) return loop.connect(sock, 20, addrinfo.inet('127.0.0.1', 1, SOCK_STREAM)) end,
  }) do
    it('is EBADF for ' .. name, task(function()
      local a = pair()
      a:close()
      expect(call(a)):to_be(nil, failure('EBADF', name))
    end))
  end
end)

describe('a socket that blocks', function()
  it('holds nobody up in recv and recvfrom', task(function()
    local a, b = network.pair(SOCK_STREAM, false)
    expect(loop.recv(a, 0.005)):to_be(nil, nil, true)
    expect(loop.recvfrom(a, 0.005)):to_be(nil, nil, true)
    local reader = loop.spawn(loop.recv, a)
    loops.settle()
    b:send('x')
    expect(reader:join()):to_be(true, 'x')
  end))

  it('holds nobody up in send and sendto', task(function()
    local a, b = network.pair(SOCK_STREAM, false)
    local text = pattern(2000000)
    local reader = loop.spawn(receive_slowly, b, 50000)
    expect(loop.send(a, loops.patience, text)):to_be(#text)
    a:close()
    assert.is_true(text == select(2, reader:join()))
    local c = network.udp(network.loopbacks[1])
    local d, d_address = network.udp(network.loopbacks[1])
    expect(loop.sendto(c, 20, 'x', d_address)):to_be(1)
    assert.equal('x', (loop.recvfrom(d, 20)))
  end))

  it('is refused by accept, connect and sendfile, which it would hold up', task(function()
    local listener, address = network.listener(network.loopbacks[1])
    loops.raised("bad argument #1 to 'accept' (socket blocks; make it with nonblock)", function()
      local _ = loop.accept(listener, 20)
    end)
    local client = network.keep(socket.new(llsocket.AF_INET, SOCK_STREAM))
    loops.raised("bad argument #1 to 'connect' (socket blocks; make it with nonblock)", function()
      local _ = loop.connect(client, 20, address)
    end)
    local a = network.pair(SOCK_STREAM, false)
    local file = scenes.file('x')()
    loops.raised("bad argument #1 to 'sendfile' (socket blocks; make it with nonblock)", function()
      local _ = loop.sendfile(a, 20, file, 1)
    end)
  end))
end)

describe('a socket of another generation', function()
  it('can be waited on', task(function()
    for _, name in ipairs({ 'v3', 'v2' }) do
      local socks = require('llsocket.' .. name).socket.pair(SOCK_STREAM, true)
      network.keep(socks)
      expect(loop.writable(socks[1], 20)):to_be(true)
      expect(loop.readable(socks[1], 0)):to_be(nil, nil, true)
      local reader = loop.spawn(loop.readable, socks[1])
      loop.later()
      socks[2]:send('x')
      expect(reader:join()):to_be(true, true)
      local closing = loop.spawn(loop.readable, socks[2])
      loop.later()
      socks[2]:close()
      expect(closing:join(20)):to_be(true, nil, failure('ECANCELED', 'readable'))
    end
  end))
end)
