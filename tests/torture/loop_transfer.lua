-- SPDX-License-Identifier: MIT
-- Tasks connect, accept, send, receive and lock; afterwards the loop must still run.

package.path = 'lua/?.lua;tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local loop = require('net.loop')
local tortured = require('tortured')

local addrinfo, socket = llsocket.addrinfo, llsocket.socket
local expect, joined = tortured.expect, tortured.joined

loop.onerror(function() end)
check(loop.run(loop.sleep, 0))

local function nonblocking(socktype)
  return check(socket.new(llsocket.AF_INET, socktype, nil, true))
end

local listener = nonblocking(llsocket.SOCK_STREAM)
check(listener:bind(addrinfo.inet('127.0.0.1', 0)))
check(listener:listen())
local address = listener:getsockname()
local client = nonblocking(llsocket.SOCK_STREAM)
local a, b = nonblocking(llsocket.SOCK_DGRAM), nonblocking(llsocket.SOCK_DGRAM)
check(a:bind(addrinfo.inet('127.0.0.1', 0, llsocket.SOCK_DGRAM)))
check(b:bind(addrinfo.inet('127.0.0.1', 0, llsocket.SOCK_DGRAM)))
local a_address, b_address = a:getsockname(), b:getsockname()
local file = check(io.tmpfile())
file:write('content')

return function()
  tortured.run(function()
    local accepting = loop.spawn(loop.accept, listener, 20)
    local connecting = loop.spawn(loop.connect, client, 20, address)
    expect(true, joined(connecting))
    local server, err = joined(accepting)
    check(server, err)
    local receiving = loop.spawn(loop.recv, server, 20, 100000)
    loop.later()
    expect(4, loop.send(client, 20, 'text'))
    expect('text', joined(receiving))
    expect(7, loop.sendfile(server, 20, file, 7))
    expect('content', loop.recv(client, 20))

    local receiver = loop.spawn(loop.recvfrom, b, 20)
    loop.later()
    expect(5, loop.sendto(a, 20, 'hello', b_address))
    local text, from = joined(receiver)
    check(text == 'hello', from)
    check(from == a_address)

    expect(true, loop.read_lock(client))
    local waiter = loop.spawn(loop.read_lock, client, 20)
    loop.later()
    expect(true, loop.read_unlock(client))
    expect(true, joined(waiter))
    expect(nil, loop.readable(client, 0))
    expect(true, loop.writable(client:fd(), 20))
    loop.unwait(client)
    local woken = loop.spawn(loop.recv, client)
    loop.later()
    client:close()
    joined(woken)
  end, 200, 0)
end, tortured.release
