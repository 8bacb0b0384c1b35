-- SPDX-License-Identifier: MIT
-- Faults of net where it waits that were mended, each by what must hold.

local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')

local inet = net.stream.inet
local task, keep, failure = loops.task, network.keep, loops.failure

local PATIENCE = 20000 -- milliseconds

after_each(loops.assert_idle)

modes.each(function()
  describe('a datagram for a unix socket whose queue is full', function()
    local function full()
      local path = network.free_path()
      local receiver = keep(assert(net.dgram.unix.new({ path = path })))
      assert.is_nil(receiver:bind())
      local sender = keep(assert(net.dgram.unix.new({ path = path })))
      sender:deadlines(nil, 20)
      return sender, net.dgram.getaddrinfoun({ path = path }), receiver
    end

    local calls = {
      sendto = function(sender, ai)
        return sender:sendto('x', ai)
      end,
      sendmsg = function(sender, ai)
        local message = net.msghdr.new()
        message:add('x')
        message:name(ai)
        return sender:sendmsg(message)
      end,
    }
    for name, send in pairs(calls) do
      for hook, is_hooked in pairs({ [''] = false, [' behind a hook'] = true }) do
        it(('waits in %s%s until its time is over, and in between'):format(name, hook), function()
          local sender, ai, receiver = full()
          local calls_of_hook = 0
          if is_hooked then
            sender:onwaitsend(function()
              calls_of_hook = calls_of_hook + 1
              return true
            end)
          end
          local len, err, timeout
          repeat
            len, err, timeout = send(sender, ai)
          until timeout or not len
          expect(len, err, timeout):to_be(0, nil, true)
          assert.is_true(calls_of_hook < 100, calls_of_hook)
          assert.equal('x', (receiver:recv()))
          expect(send(sender, ai)):to_be(1)
        end)
      end
    end
  end)
end)

describe('a datagram for a unix socket in the loop', function()
  it('goes when there is room, and to wait for that costs no time of the processor', task(function()
    local path = network.free_path()
    local receiver = keep(assert(net.dgram.unix.new({ path = path })))
    assert.is_nil(receiver:bind())
    local sender = keep(assert(net.dgram.unix.new({ path = path })))
    local ai = net.dgram.getaddrinfoun({ path = path })
    sender:deadlines(nil, 1)
    local _, timeout
    repeat
      _, _, timeout = sender:sendto('x', ai)
    until timeout
    sender:deadlines(nil, 0)
    local sending = loop.spawn(sender.sendto, sender, 'y', ai)
    local before = os.clock()
    loop.sleep(0.5)
    assert.is_true(os.clock() - before < 0.25, os.clock() - before)
    assert.equal('x', receiver:recv())
    expect(sending:join(loops.patience)):to_be(true, 1)
  end))
end)

describe('a hook that waits while the client connects anew', function()
  it('ends its call, which takes nothing of the new connection', task(function()
    local server, port = modes.listener()
    local greeting = loop.spawn(function()
      for _ = 1, 2 do
        keep(assert(server:accept())):send('hello\n')
      end
    end)
    local client = modes.client(port)
    assert.equal('hello', client:readline())
    client:onwaitrecv(function()
      client:onwaitrecv(nil)
      return loop.suspend()
    end)
    local reading = loop.spawn(client.readline, client)
    loop.later()
    assert.is_nil(client:connect(PATIENCE))
    reading:resume()
    expect(reading:join()):to_be(true, nil, failure('ECANCELED', 'recv'), nil)
    client:deadlines(PATIENCE)
    assert.equal('hello', client:readline())
    greeting:join()
  end))
end)

describe('a turn at a socket that is connected anew meanwhile', function()
  for name, kind in pairs({ recvsync = 'read', sendsync = 'write' }) do
    it(('ends %s, which has nothing to do with the new connection'):format(name), task(function()
      local path = network.free_path()
      local server = keep(assert(net.stream.unix.server.new({ path = path })))
      assert.is_nil(server:listen())
      local client = keep(assert(net.stream.unix.client.new({ path = path })))
      keep(assert(server:accept())):send('old')
      client:deadlines(PATIENCE, PATIENCE)
      assert(loop[kind .. '_lock'](client.sock))
      local waiting = loop.spawn(client[name], client, name == 'sendsync' and 'old' or nil)
      loop.later()
      assert(loop[kind .. '_unlock'](client.sock)) -- now it is that one's turn
      assert.is_nil(client:connect(PATIENCE))
      expect(waiting:join(loops.patience)):to_be(true, nil, failure('ECANCELED', kind .. '_lock'), nil)
      local connection = keep(assert(server:accept()))
      connection:send('new')
      assert.equal('new', client:recv())
      client:send('also new')
      assert.equal('also new', connection:recv())
      os.remove(path)
    end))
  end
end)

describe('closew while nobody waits', function()
  local sends = {
    send = function(sock) return sock:send('x') end,
    sendsync = function(sock) return sock:sendsync('x') end,
    sendfile = function(sock)
      local file = keep(assert(io.open('README.md')))
      return sock:sendfile(file, 10)
    end,
  }
  for name, send in pairs(sends) do
    it(('ends %s on a unix socket that was full'):format(name), task(function()
      local sock = modes.pair()
      modes.fill(sock)
      assert.is_nil(sock:closew())
      sock:deadlines(nil, PATIENCE)
      expect(send(sock)):to_be(nil)
    end))
  end

  it('ends those that wait for their turn on a unix socket that was full', task(function()
    local sock = modes.pair()
    modes.fill(sock)
    sock:deadlines(nil, PATIENCE)
    local first, second = loop.spawn(sock.sendsync, sock, 'x'), loop.spawn(sock.sendsync, sock, 'y')
    loop.later()
    assert.is_nil(sock:closew())
    expect(first:join(loops.patience)):to_be(true, nil)
    expect(second:join(loops.patience)):to_be(true, nil)
  end))
end)

describe('two connects at once of a class whose close waits', function()
  it('leave one connection, and close() closes that', task(function()
    local server, port = modes.listener()
    local Slow = net.class('Slow', inet.Client)
    function Slow:close()
      local err = inet.Client.close(self)
      loop.sleep(0.02)
      return err
    end
    local client = assert(Slow.new({ host = '127.0.0.1', port = port }))
    local first = loop.spawn(client.connect, client, PATIENCE)
    loop.sleep(0.01)
    assert.is_nil(client:connect(PATIENCE))
    expect(first:join(loops.patience)):to_be(true, nil)
    client:close()
    for _ = 1, 3 do
      local connection = keep(assert(server:accept()))
      connection:deadlines(PATIENCE)
      expect(connection:recv()):to_be(nil)
    end
  end))
end)

describe('close', function()
  it('of a client by another task ends a connect that waits in the close of a class', task(function()
    local _, port = modes.listener()
    local Polite = net.class('Polite', inet.Client)
    local parting
    function Polite:close(...)
      if self:fd() >= 0 and not parting then
        parting = loop.running()
        loop.suspend()
      end
      return inet.Client.close(self, ...)
    end
    local client = assert(Polite.new({ host = '127.0.0.1', port = port }))
    local connecting = loop.spawn(client.connect, client, PATIENCE)
    while not parting do
      loop.sleep(0.001)
    end
    assert.is_nil(client:close())
    parting:resume()
    expect(connecting:join()):to_be(true, failure('ECANCELED', 'connect'), nil)
    assert.equal(-1, client:fd())
  end))
end)

describe('an error of the program in a sync method', function()
  local function blamed_otherwise()
    local bytes = string.rep({}, 3)
    return bytes
  end

  it('of a class of its own, or in a hook, is told as it is', task(function()
    local Mine = net.class('Mine', net.stream.unix.Socket)
    function Mine.recv()
      local bytes = blamed_otherwise()
      return bytes
    end
    local a, b = modes.pair()
    local ok, err = net.pcall(Mine.recvsync, keep(Mine.new(a.sock)))
    assert.is_false(ok)
    assert.matches("net_waits_spec.lua:%d+: bad argument #1 to 'rep'", err)
    b:onwaitrecv(function()
      local bytes = blamed_otherwise()
      return bytes
    end)
    ok, err = net.pcall(b.recvsync, b)
    assert.is_false(ok)
    assert.matches("net_waits_spec.lua:%d+: bad argument #1 to 'rep'", err)
  end))
end)

describe('wrap of another kind of socket', function()
  it('leaves the descriptor as it was', function()
    local sock = keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM)))
    sock:cloexec(false)
    expect(net.stream.wrap(sock:fd())):to_be(nil, failure('EPROTOTYPE', 'wrap'))
    assert.is_false(sock:cloexec())
    assert.is_false(sock:nonblock())
  end)
end)

describe('net.MsgHdr', function()
  it('names its methods in errors, also behind a pcall', function()
    local message = net.msghdr.new()
    for _, name in ipairs({ 'get', 'del', 'consume' }) do
      local call = loops.compiled(('local message = ... return function() local x = message:%s("x") end'):format(name),
        message)
      local _, err = pcall(call)
      assert.matches(("bad argument #1 to '%s'"):format(name), err)
    end
  end)
end)

describe('readn and peek of nothing', function()
  it('do not receive', function()
    local Mine = net.class('Mine', net.stream.unix.Socket)
    function Mine.recv()
      error('received')
    end
    local sock = keep(Mine.new(modes.pair().sock))
    assert.equal('', sock:readn(0))
    assert.equal('', sock:peek(0))
  end)
end)
