-- SPDX-License-Identifier: MIT
-- How a client finds an address that takes its connection.
local current_io = require('net.io.current')
local connect_any = require('net.connect')
local descriptors = require('descriptors')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local network = require('network')

local addrinfo = llsocket.addrinfo
local inet = net.stream.inet
local silent = network.silent

after_each(loops.assert_idle)

-- The address of a listener at this loopback address.
local function taken(host)
  local make = host:find(':', 1, true) and addrinfo.inet6 or addrinfo.inet
  local sock = network.keep(assert(llsocket.socket.new(make(host):family(), llsocket.SOCK_STREAM)))
  assert(sock:bind(make(host, 0)))
  assert(sock:listen())
  return sock:getsockname()
end

-- An address at which nobody listens.
local function refused()
  local sock = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
  assert(sock:bind(addrinfo.inet('127.0.0.1', 0)))
  local address = sock:getsockname()
  sock:close()
  return address
end

-- The path of a unix server whose queue is full. It goes at the end of the test.
local function full_path()
  local path = network.free_path()
  finally(function()
    os.remove(path)
  end)
  local server = network.keep(assert(net.stream.unix.server.new({ path = path })))
  assert.is_nil(server:listen(0))
  network.keep(assert(net.stream.unix.client.new({ path = path })))
  return path
end

local function connect(list, seconds)
  local made = 0
  local sock, err, timeout = connect_any(current_io(), list, seconds and loop.now() + seconds, function()
    made = made + 1
    return true
  end)
  return sock, err, timeout, made
end

local function assert_connected_to(address, sock, err)
  assert(sock, err)
  assert.equal(address:port(), sock:getpeername():port())
  sock:close()
end

-- What is the same in tasks and outside.
local function both(run)
  it('connects to the first address that takes it', function()
    local first, second = taken('127.0.0.1'), taken('127.0.0.1')
    run(function()
      local sock, err, _, made = connect({ first, second })
      assert_connected_to(first, sock, err)
      assert.equal(1, made)
    end)
  end)

  it('goes on with the next at once when one refuses', function()
    local good = taken('127.0.0.1')
    run(function()
      assert_connected_to(good, connect({ refused(), refused(), good }))
    end)
  end)

  it('names all that were tried when all refuse', function()
    local one, two = refused(), refused()
    run(function()
      local sock, err, timeout = connect({ one, two })
      assert.is_nil(sock)
      assert.is_nil(timeout)
      assert.equal(('[ECONNREFUSED:111][connect] Connection refused (127.0.0.1:%d); '
        .. '[ECONNREFUSED:111][connect] Connection refused (127.0.0.1:%d)'):format(one:port(), two:port()), err)
    end)
  end)

  it('names those that did not answer in time', function()
    local one, two = silent(), refused()
    run(function()
      local sock, err, timeout = connect({ one, two }, 0.4)
      assert.is_nil(sock)
      assert.is_true(timeout)
      assert.truthy(err:find(('Connection timed out (127.0.0.1:%d)'):format(one:port()), 1, true))
    end)
  end)

  it('leaves no descriptor of an attempt behind', function()
    local list = { refused(), silent(), refused() }
    local before = descriptors.list()
    run(function()
      assert.is_nil((connect(list, 0.4)))
      assert.same(before, descriptors.list())
    end)
  end)
end

describe('connect outside of tasks', function()
  both(function(fn)
    fn()
  end)

  it('gives the last address what is left of the time', function()
    local one, good = silent(), taken('127.0.0.1')
    assert_connected_to(good, connect({ one, good }, 4.2))
  end)
end)

describe('connect in a task', function()
  both(loops.run)

  it('tries the next address while one does not answer (RFC 8305)', loops.task(function()
    local good = taken('127.0.0.1')
    local began = loop.now()
    assert_connected_to(good, connect({ silent(), good }))
    assert.is_true(loop.now() - began >= 0.24) -- and not before the delay between attempts
  end))

  local if_inet6 = network.loopbacks[2] and it or pending
  if_inet6('lets the families take turns', loops.task(function()
    local good = taken('::1')
    local sock, err, _, made = connect({ refused(), silent(), silent(), good })
    assert_connected_to(good, sock, err)
    assert.equal(2, made)
  end))

  it('ends its attempts when the task is cancelled', function()
    local list = { silent(), silent() }
    loops.run(function()
      local before = descriptors.list()
      local connecting = loop.spawn(connect, list)
      loop.sleep(0.01)
      connecting:cancel()
      connecting:join()
      loops.settle()
      assert.same(before, descriptors.list())
    end)
  end)
end)

describe('a client', function()
  local function in_both_modes(fn)
    return function()
      fn()
      loops.run(fn)
    end
  end

  it('keeps its connection when a new one cannot be made, and replaces it when it stands', in_both_modes(function()
    local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
    assert.is_nil(server:listen())
    local client = assert(inet.client.new({ host = '127.0.0.1', port = server:getsockname():port() }))
    local first = assert(server:accept())
    client.target.port = refused():port()
    assert.truthy(client:connect():find('ECONNREFUSED', 1, true))
    assert.equal(1, client:send('x'))
    assert.equal('x', first:recv())
    client.target.port = server:getsockname():port()
    assert.is_nil(client:connect())
    assert.is_nil(first:recv())
    local second = assert(server:accept())
    assert.equal(1, second:send('y'))
    assert.equal('y', client:recv())
    for _, sock in ipairs({ client, first, second, server }) do
      sock:close()
    end
  end))

  it('has no connection at first if it is not to connect', in_both_modes(function()
    local client = assert(inet.client.new({ host = '127.0.0.1', port = refused():port() }, false))
    assert.equal(-1, client:fd())
    local n, err = client:send('x')
    assert.is_nil(n)
    assert.truthy(err:find('EBADF', 1, true))
    assert.truthy(client:connect():find('ECONNREFUSED', 1, true))
  end))

  it('obeys one deadline for all', in_both_modes(function()
    local address = silent()
    local client, err, timeout = inet.client.new({ host = '127.0.0.1', port = address:port() }, true, 50)
    assert.is_nil(client)
    assert.is_true(timeout)
    assert.equal(('[ETIMEDOUT:110][connect] Connection timed out (127.0.0.1:%d)'):format(address:port()), err)
  end))

  it('keeps its deadlines and hooks for the next connection', in_both_modes(function()
    local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
    assert.is_nil(server:listen())
    local client = assert(inet.client.new({ host = '127.0.0.1', port = server:getsockname():port() }, false))
    client:deadlines(20, 20)
    local asked
    client:onwaitrecv(function(context)
      asked = context
      return true
    end, 'context')
    assert.is_nil(client:connect())
    assert.same({ nil, nil, true }, { client:recv() })
    assert.equal('context', asked)
    client:close()
    server:close()
  end))

  it('tells what it cannot look up', in_both_modes(function()
    local client, err, timeout = inet.client.new({ host = 'no.such.host.invalid', port = 1 }, true, 20000)
    assert.is_nil(client)
    assert.is_nil(timeout)
    assert.truthy(err:find('^%[EAI_.* %(no%.such%.host%.invalid:1%)$'))
  end))

  it('tells that a look-up took too long, as it tells of a connection', in_both_modes(function()
    local options = { host = 'no.such.host.invalid', port = 1 }
    local client, err, timeout = inet.client.new(options, true, 0)
    assert.is_nil(client)
    assert.is_true(timeout)
    assert.equal(loops.failure('ETIMEDOUT', 'getaddrinfo') .. ' (no.such.host.invalid:1)', err)
  end))

  it('can wait for a unix server whose queue is full', in_both_modes(function()
    local path = full_path()
    local second, err, timeout = net.stream.unix.client.new({ path = path }, true, 30)
    assert.is_nil(second)
    assert.is_true(timeout)
    assert.equal(('[ETIMEDOUT:110][connect] Connection timed out (%s)'):format(path), err)
  end))

  it('gives up when the time of its task is over', loops.task(function()
    local path = full_path()
    local waiting = network.keep(net.stream.unix.client.new({ path = path }, false))
    local err, timeout = loop.timeout(0.03, waiting.connect, waiting)
    assert.is_true(timeout)
    assert.equal(('[ETIMEDOUT:110][connect] Connection timed out (%s)'):format(path), err)
  end))

  it('leaves no descriptor when its task is cancelled', loops.task(function()
    local address = silent()
    local before = descriptors.list()
    for _ = 1, 3 do
      local connecting = loop.spawn(inet.client.new, { host = '127.0.0.1', port = address:port() })
      loops.settle()
      assert.equal('waiting', connecting:status())
      connecting:cancel()
      assert.same({ false, loops.cancellation }, { connecting:join() })
    end
    assert.same(before, descriptors.open()) -- without the help of the collector
  end))

  it('ends when its client is closed, which stays closed', loops.task(function()
    local clients = {
      network.keep(inet.client.new({ host = '127.0.0.1', port = silent():port() }, false)),
      network.keep(net.stream.unix.client.new({ path = full_path() }, false)),
    }
    for _, client in ipairs(clients) do
      local connecting = loop.spawn(client.connect, client)
      loops.settle()
      assert.equal('waiting', connecting:status())
      client:close()
      assert.same({ true, loops.failure('ECANCELED', 'connect') }, { connecting:join() })
      assert.equal(-1, client:fd())
    end
  end))

  it('of two tasks at once goes well also for a class whose close waits', loops.task(function()
    local good = taken('127.0.0.1')
    local Slow = net.class('Slow', inet.Client)
    function Slow:close()
      loop.sleep(0.01)
      return inet.Client.close(self)
    end
    local client = network.keep(assert(Slow.new({ host = '127.0.0.1', port = good:port() })))
    local first, second = loop.spawn(client.connect, client), loop.spawn(client.connect, client)
    assert.same({ true }, { first:join() })
    assert.same({ true }, { second:join() })
    assert.equal(good:port(), client:getpeername():port())
  end))

  it('is not undone by a client that is closed just before it stands', loops.task(function()
    local good = taken('127.0.0.1')
    local client = network.keep(inet.client.new({ host = '127.0.0.1', port = good:port() }, false))
    local connecting = loop.spawn(client.connect, client)
    loop.later()
    client:close()
    local _, err = connecting:join()
    assert.is_true(client:fd() == -1, err)
  end))
end)
