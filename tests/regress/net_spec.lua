-- SPDX-License-Identifier: MIT
-- Faults of net that were mended, each by what must hold.

local connect_any = require('net.connect')
local deadline = require('net.deadline')
local current_io = require('net.io.current')
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')

local inet = net.stream.inet
local LARGE = ('x'):rep(10000000)

local task, keep, failure, silent = loops.task, network.keep, loops.failure, network.silent

after_each(loops.assert_idle)

local function both(fn)
  return function()
    fn()
    loops.run(fn)
  end
end

local function listening(class)
  local server = keep(assert((class or inet.server).new({ host = '127.0.0.1' })))
  assert.is_nil(server:listen())
  return server, server:getsockname():port()
end

describe('a unix client without time', function()
  it('does not wait for room in the queue of the server', both(function()
    local path = network.free_path()
    local server = keep(assert(net.stream.unix.server.new({ path = path })))
    assert.is_nil(server:listen(0))
    local clients, client, err, timeout = {}
    repeat
      client, err, timeout = net.stream.unix.client.new({ path = path }, true, #clients % 2)
      clients[#clients + 1] = client
    until not client or #clients > 10
    assert.is_truthy(err:find('ETIMEDOUT', 1, true), err)
    assert.is_true(timeout)
    for _, each in ipairs(clients) do
      each:close()
    end
    server:close()
    os.remove(path)
  end))
end)

describe('several addresses outside of tasks', function()
  it('share the time, however short it is', function()
    local tried = {}
    local list = { silent(), silent(), silent() }
    local sock, err, timeout = connect_any(current_io(), list, loop.now() + 0.3, function(made)
      tried[#tried + 1] = made
      return true
    end)
    assert.is_nil(sock)
    assert.is_true(timeout)
    assert.equal(3, #tried, err)
  end)
end)

describe('attempts at several addresses', function()
  it('keep their distance when a look-up ends', task(function()
    local server, port = listening()
    local good = assert(llsocket.addrinfo.inet('127.0.0.1', port, llsocket.SOCK_STREAM))
    local lookups = loop.group()
    lookups:spawn(function()
      loop.sleep(0.005)
      return { good }
    end)
    local began = loop.now()
    local sock = assert(connect_any(current_io(), { silent() }, nil, function()
      return true
    end, lookups))
    assert.is_true(loop.now() - began >= 0.24)
    sock:close()
    server:close()
  end))

  it('end with the time of loop.timeout, and wait until then', task(function()
    local list = { silent(), silent() }
    local wakeups = loop.stats().wakeups
    local sock, err, timeout = loop.timeout(0.1, function()
      return connect_any(current_io(), list, deadline.of_task(), function()
        return true
      end)
    end)
    assert.is_nil(sock)
    assert.is_true(timeout, err)
    assert.is_true(loop.stats().wakeups - wakeups < 50)
  end))
end)

describe('accept', function()
  it('closes the connection of which the class makes none', both(function()
    local Server = net.class('Server', inet.server)
    function Server.createConnection()
      error('not today', 0)
    end
    local server, port = listening(Server)
    local client = modes.client(port)
    local ok, err = net.pcall(server.accept, server)
    assert.is_false(ok)
    assert.equal('not today', err)
    client:deadlines(20000)
    assert.is_nil((client:recv()))
    client:close()
    server:close()
  end))
end)

describe('a client whose class cannot close', function()
  it('says so when it connects again, and closes what is new', both(function()
    local Client = net.class('Client', inet.client)
    local fails = true
    function Client:close(...)
      if fails then
        error('stuck', 0)
      end
      return inet.client.close(self, ...)
    end
    local server, port = listening()
    local client = assert(Client.new({ host = '127.0.0.1', port = port }, false))
    local ok, err = net.pcall(client.connect, client)
    assert.is_false(ok)
    assert.equal('stuck', err)
    local peer = assert(server:accept())
    peer:deadlines(20000)
    assert.is_nil((peer:recv()))
    fails = false
    assert.is_nil((client:connect()))
    client:close()
    peer:close()
    server:close()
  end))
end)

describe('serve', function()
  local function serve(server, handler, options)
    local serving = loop.spawn(server.serve, server, handler, options)
    loop.later()
    return serving
  end

  it('tells of errors that cannot be written', task(function()
    local server, port = listening()
    local told = {}
    local err = setmetatable({}, { __tostring = error })
    serve(server, function()
      error(err)
    end, {
      onerror = function(...)
        told[#told + 1] = loops.pack(...)
      end,
    })
    local client = modes.client(port)
    assert.is_nil((client:recv()))
    assert.equal(1, #told)
    assert.is_true(rawequal(err, told[1][1]))
    assert.is_string(told[1][2])
    client:close()
    server:stop()
  end))

  it('ends well although connections of a class cannot be closed', task(function()
    local Server = net.class('Server', inet.server)
    function Server.createConnection(_, sock)
      return {
        close = function()
          sock:close()
          error('stuck', 0)
        end,
      }
    end
    local server, port = listening(Server)
    local told = {}
    local serving = serve(server, function()
      repeat until not net.pcall(loop.sleep, 0.05)
      loop.sleep(0.001)
    end, {
      onerror = function(err)
        told[#told + 1] = err
      end,
    })
    local client = modes.client(port)
    loop.sleep(0.01)
    server:stop(10)
    expect((select(2, serving:join(loops.patience)))):to_be(true)
    assert.equal('stuck', told[1])
    client:close()
  end))
end)

describe('closew', function()
  for family, make in pairs({ TCP = modes.tcp, unix = modes.pair }) do
    for name, send in pairs({
      send = function(sock) return sock:send(LARGE) end,
      ['a send behind a hook'] = function(sock)
        sock:onwaitsend(function() return true end)
        return sock:send(LARGE)
      end,
      writable = function(sock) return loop.writable(sock) end,
    }) do
      it(('ends %s that waits, of %s'):format(name, family), task(function()
        local sock, peer = make()
        modes.fill(sock)
        local waiting = loop.spawn(send, sock)
        loop.later()
        assert.equal('waiting', waiting:status())
        assert.is_nil(sock:closew())
        assert.is_true((waiting:join(loops.patience)))
        assert.truthy(modes.receive_all(peer))
      end))
    end
  end
end)

describe('deadlines', function()
  it('can be set to what they read', both(function()
    local socks = assert(net.stream.unix.pair())
    socks[1]:deadlines(2147483647, 2147483647)
    socks[1]:deadlines(socks[1]:deadlines())
    socks[1]:close()
    socks[2]:close()
  end))
end)

describe('an argument error', function()
  it('names a port with a NUL', both(function()
    loops.raised("bad argument #1 to 'new' (field 'port': string contains NUL)", inet.client.new, {
      host = '127.0.0.1',
      port = '80\0',
    })
  end))
end)

describe('a socket of the loop outside of tasks', function()
  it('says so in the methods that take turns as well', function()
    local socks
    loops.run(function()
      socks = assert(net.stream.unix.pair())
    end)
    loops.raised("cannot use 'recv' here: this is not inside a task; tasks begin with run() or spawn()", function()
      socks[1]:recvsync()
    end)
    socks[1]:close()
    socks[2]:close()
  end)
end)

describe('a look-up', function()
  it('ends when its client is closed', task(function()
    local getaddrinfo = loop.getaddrinfo
    finally(function()
      loop.getaddrinfo = getaddrinfo
    end)
    loop.getaddrinfo = function() -- luacheck: ignore 122
      return loop.sleep(loops.patience)
    end
    local client = assert(inet.client.new({ host = 'host.example', port = 1 }, false))
    local connecting = loop.spawn(client.connect, client)
    loop.sleep(0.07)
    client:close()
    local ok, err = connecting:join(loops.patience / 2)
    assert.is_true(ok)
    assert.equal(failure('ECANCELED', 'connect'), err)
  end))
end)
