-- SPDX-License-Identifier: MIT
-- The collector may run at any instruction, and finalizers may call the library while it works.

local descriptors = require('descriptors')
local finalizable = require('finalizable')
local llsocket = require('llsocket')
local messages = require('messages')
local network = require('network')

local addrinfo, socket = llsocket.addrinfo, llsocket.socket

-- Calls with the debug hook `every` after each instruction; compiled code would not call it.
local function under_hook(every, call)
  if jit then
    jit.off()
  end
  debug.sethook(every, '', 1)
  local ok, message = pcall(call)
  debug.sethook()
  if jit then
    jit.on()
  end
  assert.is_true(ok, message)
end

local function transfer()
  local a, b = messages.pair(llsocket.SOCK_STREAM)
  assert(a:send(('x'):rep(20000)) == 20000)
  assert(#b:recv(16) == 16)
  assert(#network.receive_all(b, 19984) == 19984)
  a:close()
  assert(b:read() == nil)
end

local function bound(socktype)
  local sock = assert(socket.new(llsocket.AF_INET, socktype))
  assert(sock:bind(addrinfo.inet('127.0.0.1', 0, socktype)))
  return sock
end

local function connect_and_accept()
  local listener = bound(llsocket.SOCK_STREAM)
  assert(listener:listen())
  local client = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
  assert(client:connect(listener:getsockname()))
  local server, _, _, ai = listener:accept(true)
  assert(server and ai == client:getsockname())
  assert(socket.close(assert(server:dup()):unwrap()))
end

local function datagrams()
  local a, b = bound(llsocket.SOCK_DGRAM), bound(llsocket.SOCK_DGRAM)
  assert(a:sendto('hello', b:getsockname()) == 5)
  local text, _, _, from = b:recvfrom()
  assert(text == 'hello' and from == a:getsockname())
end

local function pass_descriptors()
  local a, b = messages.pair(llsocket.SOCK_STREAM)
  local message = { iov = messages.bytes('one', 'two'), control = messages.rights(0, 1) }
  assert(a:sendmsg(messages.message(message)) == 6)
  local mh = messages.receiver(6)
  assert(b:recvmsg(mh) == 6)
  assert(mh:iov():concat() == 'onetwo')
  local fds = messages.take_fds(mh:control())
  assert(#fds == 2)
  messages.close_all(fds)
  a:sendfd(0)
  assert(socket.close(assert(b:recvfd())))
  a:sendmsg(messages.message(message)) -- nobody takes these
  b:recvmsg(messages.receiver(6))
end

local function look_up()
  local list = assert(addrinfo.getaddrinfo('127.0.0.1', 80, nil, nil, nil, llsocket.AI_NUMERICHOST))
  assert(tostring(list[1]) == 'llsocket.addrinfo: 127.0.0.1:80')
  assert(list[1]:getnameinfo(llsocket.NI_NUMERICHOST, llsocket.NI_NUMERICSERV).host == '127.0.0.1')
  assert(llsocket.device.getifaddrs().lo)
end

local function fail()
  local _, err = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM):getpeername()
  assert(err.type == llsocket.errno.ENOTCONN)
  assert(llsocket.errno.parse('' .. err).op == 'getpeername')
  assert(not pcall(socket.new, 'x'))
end

local scenarios = {
  ['bytes are sent and received'] = transfer,
  ['connections are made and accepted'] = connect_and_accept,
  ['datagrams are sent and received'] = datagrams,
  ['descriptors are passed'] = pass_descriptors,
  ['names are looked up'] = look_up,
  ['calls fail'] = fail,
}

describe('a collection at every instruction', function()
  for name, scenario in pairs(scenarios) do
    it('changes nothing while ' .. name, function()
      local before = descriptors.list()
      under_hook(collectgarbage, scenario)
      assert.same(before, descriptors.list())
    end)

    it('in steps changes nothing while ' .. name, function()
      local before = descriptors.list()
      local pause, stepmul = collectgarbage('setpause', 0), collectgarbage('setstepmul', 400)
      under_hook(function()
        collectgarbage('step', 1)
      end, scenario)
      collectgarbage('setpause', pause)
      collectgarbage('setstepmul', stepmul)
      assert.same(before, descriptors.list())
    end)
  end
end)

describe('a collection at every instruction, in generational mode,', function()
  if _VERSION < 'Lua 5.4' then
    return pending('this version has no generational mode')
  end

  for name, scenario in pairs(scenarios) do
    it('changes nothing while ' .. name, function()
      local before = descriptors.list()
      collectgarbage('generational')
      under_hook(function()
        collectgarbage('step')
      end, scenario)
      collectgarbage('incremental')
      assert.same(before, descriptors.list())
    end)
  end
end)

describe('a finalizer that calls the library', function()
  -- Makes garbage whose finalizer calls `call` during `scenario`; returns how often it was called.
  local function during(scenario, call)
    local calls, failure = 0, nil
    local function finalize()
      local ok, message = pcall(call)
      calls, failure = calls + 1, failure or not ok and message or nil
    end
    under_hook(function()
      finalizable(finalize)
      collectgarbage('step', 100)
    end, scenario)
    assert.is_nil(failure)
    return calls
  end

  for name, scenario in pairs(scenarios) do
    it('disturbs nothing while ' .. name, function()
      local other, peer = messages.pair(llsocket.SOCK_STREAM)
      local before = descriptors.list()
      local calls = during(scenario, function()
        assert(other:send('from a finalizer') == 16)
        assert(peer:recv() == 'from a finalizer')
        assert(tostring(llsocket.errno.EPIPE) == tostring(llsocket.errno[llsocket.errno.EPIPE.code]))
      end)
      assert.is_true(calls > 0)
      assert.same(before, descriptors.list())
    end)
  end

  -- The bytes pass through the library's buffers before they are a string.
  it('may receive while a string is made of what was received', function()
    local outer, outer_peer = messages.pair(llsocket.SOCK_STREAM)
    local inner, inner_peer = messages.pair(llsocket.SOCK_STREAM)
    local size = 40000
    local function receive_large()
      for _ = 1, 20 do
        outer:send(('o'):rep(size))
        local got = outer_peer:recv(size, llsocket.MSG_WAITALL)
        assert(got == ('o'):rep(size))
      end
    end
    local calls = during(receive_large, function()
      inner:send(('i'):rep(size))
      assert(inner_peer:recv(size, llsocket.MSG_WAITALL) == ('i'):rep(size))
    end)
    assert.is_true(calls > 0)
  end)

  it('reaches objects that were collected with it, and they are closed or say so', function()
    local seen = {}
    local function drop()
      local held = {
        sock = socket.pair(llsocket.SOCK_STREAM)[1],
        cmsg = llsocket.cmsghdr.rights(0),
        cmsgs = messages.rights(0),
        iov = messages.bytes('x'),
        mh = messages.receiver(),
      }
      held.self = finalizable(function()
        for name, object in pairs(held) do
          seen[name] = { pcall(tostring, object) }
        end
        seen.fd = { pcall(held.sock.fd, held.sock) }
        seen.data = { pcall(held.cmsg.data, held.cmsg) }
        seen.bytes = { pcall(held.mh.bytes, held.mh) }
      end)
    end
    drop()
    collectgarbage()
    collectgarbage()
    for _, name in ipairs({ 'sock', 'cmsg', 'cmsgs', 'iov', 'mh', 'fd', 'data', 'bytes' }) do
      local ok, answer = seen[name][1], seen[name][2]
      assert.is_truthy(ok or answer:find('collected', 1, true), name .. ': ' .. tostring(answer))
    end
  end)
end)

describe('a socket that was dropped', function()
  it('is closed by the collector', function()
    local before = descriptors.list()
    local dropped = socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM)
    assert.equal(#before + 1, #descriptors.list())
    dropped = dropped and nil
    assert.is_nil(dropped)
    assert.same(before, descriptors.list())
  end)

  it('is not closed when its number was given away or reused', function()
    local given = socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM):unwrap()
    local closed = socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM)
    closed:close()
    local reused = socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM)
    closed = closed and nil
    assert.is_nil(closed)
    descriptors.list()
    assert.is_true(descriptors.is_open(given))
    assert.is_true(descriptors.is_open(reused:fd()))
    assert(socket.close(given))
  end)
end)
