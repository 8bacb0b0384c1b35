-- SPDX-License-Identifier: MIT
local descriptors = require('descriptors')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local inet = net.stream.inet
local task = loops.task

after_each(loops.assert_idle)

local function listening()
  local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
  assert.is_nil(server:listen())
  return server
end

local function connect_to(server)
  return assert(inet.client.new({ host = '127.0.0.1', port = server:getsockname():port() }))
end

local function echo(sock)
  local msg = sock:recv()
  while msg do
    sock:send(msg)
    msg = sock:recv()
  end
end

-- A server that serves in a task of its own; the task and the server.
local function serving(handler, options)
  local server = listening()
  return server, loop.spawn(server.serve, server, handler, options)
end

local function assert_answers(client, text)
  assert.equal(#text, client:send(text))
  assert.equal(text, client:recv())
end

local function new_socket()
  return llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM, 0, true)
end

local function use_up_descriptors()
  local held = {}
  local sock = new_socket()
  while sock do
    table.insert(held, sock)
    sock = new_socket()
  end
  return held
end

describe('serve', function()
  it('runs the handler in a task for each connection', task(function()
    local server, served = serving(echo)
    local first, second = connect_to(server), connect_to(server)
    assert_answers(second, 'b')
    assert_answers(first, 'a')
    assert_answers(second, 'c')
    first:close()
    second:close()
    server:stop()
    assert.same({ true, true }, { served:join() })
  end))

  it('hands the handler the connection and the server, and closes the connection after it', task(function()
    local server
    local seen
    local served
    server, served = serving(function(sock, the_server)
      seen = { sock, the_server }
    end)
    local client = connect_to(server)
    assert.is_nil(client:recv())
    assert.equal(server, seen[2])
    assert.equal(-1, seen[1]:fd())
    server:stop()
    assert(served:join())
  end))

  it('makes connections of the class that the server gives', task(function()
    local Connection = net.class('Connection', net.stream.Socket)
    function Connection:greet()
      return self:send('welcome')
    end
    local server, served
    server, served = serving(function(sock)
      sock:greet()
    end)
    function server.createConnection(_, sock)
      return Connection.new(sock)
    end
    assert.equal('welcome', connect_to(server):recv())
    server:stop()
    assert(served:join())
  end))

  it('closes connections that the server does not want, and goes on', task(function()
    local server, served = serving(echo)
    local wanted = false
    function server.createConnection(self, sock)
      return wanted and net.stream.Server.createConnection(self, sock)
    end
    assert.is_nil(connect_to(server):recv())
    wanted = true
    local client = connect_to(server)
    assert_answers(client, 'x')
    client:close()
    server:stop()
    assert(served:join())
  end))

  it('reports an error of createConnection, closes that connection, and goes on', function()
    local wrong = { function()
      error('out of order')
    end, function()
      return 42
    end, function()
      return { send = function() end }
    end }
    local reported = loops.reported(function()
      local server, served = serving(echo)
      for i = 1, #wrong do
        server.createConnection = wrong[i]
        assert.is_nil(connect_to(server):recv())
      end
      server.createConnection = nil
      local client = connect_to(server)
      assert_answers(client, 'x')
      client:close()
      server:stop()
      assert.same({ true, true }, { served:join() })
    end)
    assert.equal(3, #reported)
    assert.is_truthy(reported[1][1]:find('out of order$'))
    assert.is_truthy(reported[2][1]:find('createConnection gave no connection but a number$'))
    assert.is_truthy(reported[3][1]:find('createConnection gave no connection but a table$'))
  end)

  it('tells a hook of its own of errors of createConnection', task(function()
    local told
    local server, served = serving(echo, {
      onerror = function(err, _, connection)
        told = { err:match('out of order'), connection }
      end,
    })
    function server.createConnection()
      error('out of order')
    end
    assert.is_nil(connect_to(server):recv())
    assert.same({ 'out of order' }, told)
    server:stop()
    assert(served:join())
  end))

  it('makes connections in their own tasks, so that one that takes its time holds nobody up', task(function()
    local server, served = serving(echo)
    function server.createConnection(self, sock)
      local connection = net.stream.Server.createConnection(self, sock)
      return connection:recv(1) == 'x' and connection
    end
    local slow, quick = connect_to(server), connect_to(server)
    assert.equal(1, quick:send('x'))
    assert_answers(quick, 'y')
    quick:close()
    assert.equal(1, slow:send('-'))
    assert.is_nil(slow:recv())
    server:stop()
    assert(served:join())
  end))

  it('lets a class close its connections as it likes', function()
    local Polite, Broken = net.class('Polite', net.stream.Socket), net.class('Broken', net.stream.Socket)
    function Polite:close()
      self:send('bye')
      return net.stream.Socket.close(self)
    end
    function Broken.close()
      error('out of order')
    end
    local reported = loops.reported(function()
      local server, served = serving(function() end)
      function server.createConnection(_, sock)
        return Polite.new(sock)
      end
      local client = connect_to(server)
      assert.equal('bye', client:recv())
      assert.is_nil(client:recv())
      function server.createConnection(_, sock)
        return Broken.new(sock)
      end
      assert.is_nil(connect_to(server):recv())
      server:stop()
      assert.same({ true, true }, { served:join() })
    end)
    assert.equal(1, #reported)
    assert.is_truthy(reported[1][1]:find('out of order$'))
  end)

  it('can be called again after an error ended it', function()
    local server = listening()
    loops.reported(function()
      server:onwaitrecv(function()
        error('out of order')
      end)
      local served = loop.spawn(server.serve, server, echo)
      assert.is_false((served:join()))
      server:onwaitrecv(nil)
      served = loop.spawn(server.serve, server, echo)
      assert_answers(connect_to(server), 'x')
      server:stop(0)
      assert(served:join())
    end)
  end)

  it('ends when the time of its task is over', task(function()
    local server = listening()
    local client = connect_to(server)
    for _, options in ipairs({ {}, { limit = 1 } }) do
      local ok, err = loop.timeout(0.01, server.serve, server, echo, options)
      assert.is_nil(ok)
      assert.truthy(err:find('ETIMEDOUT', 1, true))
    end
    client:close()
    server:close()
  end))

  it('goes on after an error of a handler, and reports it once', function()
    local reports = loops.reported(function()
      local server, served = serving(function(sock)
        echo(sock)
        error('out of order')
      end)
      local client = connect_to(server)
      assert_answers(client, 'x')
      client:closew()
      assert.is_nil(client:recv())
      assert_answers(connect_to(server), 'y')
      server:stop(0)
      assert(served:join())
    end)
    assert.equal(1, #reports)
    assert.truthy(reports[1][1]:find('out of order', 1, true))
  end)

  it('tells a hook of its own instead, while the connection is open', task(function()
    local told = {}
    local server, served = serving(function()
      error('out of order')
    end, {
      onerror = function(err, traceback, sock)
        told = { err:match('out of order'), traceback:match('traceback'), sock:send('sorry') }
      end,
    })
    assert.equal('sorry', connect_to(server):recv())
    assert.same({ 'out of order', 'traceback', 5 }, told)
    server:stop()
    assert(served:join())
  end))

  it('does not tell that hook of connections that it ended itself', task(function()
    local told = false
    local server, served = serving(echo, {
      onerror = function()
        told = true
      end,
    })
    local client = connect_to(server)
    assert_answers(client, 'x')
    server:stop(0)
    assert(served:join())
    assert.is_nil(client:recv())
    assert.is_false(told)
  end))

  it('keeps to a limit of connections, and accepts the next when one has ended', task(function()
    local open, most = 0, 0
    local server, served = serving(function(sock)
      open = open + 1
      most = math.max(most, open)
      echo(sock)
      open = open - 1
    end, { limit = 2 })
    local clients = {}
    for i = 1, 6 do
      clients[i] = connect_to(server) -- the kernel accepts them
      clients[i]:send('x')
    end
    for _, client in ipairs(clients) do
      assert.equal('x', client:recv())
      client:close()
    end
    server:stop()
    assert(served:join())
    assert.equal(2, most)
  end))

  it('turns connections away while there are no descriptors, and serves again when there are', task(function()
    local server, served = serving(echo)
    local before = connect_to(server)
    assert_answers(before, 'x')
    local away = new_socket()
    local held = use_up_descriptors()
    assert(loop.connect(away, nil, server:getsockname()))
    assert.is_nil(loop.recv(away))
    assert_answers(before, 'y')
    for _, sock in ipairs(held) do
      sock:close()
    end
    local after = connect_to(server)
    assert_answers(after, 'z')
    for _, sock in ipairs({ before, away, after }) do
      sock:close()
    end
    server:stop()
    assert(served:join())
  end))

  it('leaks no descriptor', function()
    local before = descriptors.list()
    loops.run(function()
      local server, served = serving(echo)
      for _ = 1, 10 do
        local client = connect_to(server)
        assert_answers(client, 'x')
        client:close()
      end
      server:stop()
      assert(served:join())
    end)
    assert.same(before, descriptors.list())
  end)

  it('serves with a server that was made outside of tasks', function()
    local server = listening()
    assert.is_false(server:isnonblock())
    loops.run(function()
      local served = loop.spawn(server.serve, server, echo)
      loop.later()
      local client = connect_to(server)
      assert_answers(client, 'x')
      client:close()
      server:stop()
      assert(served:join())
    end)
  end)

  it('is refused outside of tasks, twice at once, and with wrong arguments', function()
    local server = listening()
    loops.raised("cannot use 'serve' here: this is not inside a task; tasks begin with run() or spawn()", function()
      server:serve(echo)
    end)
    loops.raised("bad argument #1 to 'serve' (function expected, got nil)", function()
      server:serve()
    end)
    loops.raised("bad argument #2 to 'serve' (table expected, got number)", function()
      server:serve(echo, 5)
    end)
    loops.raised("bad argument #2 to 'serve' (field 'limit': out of range (at least 1))", function()
      server:serve(echo, { limit = 0 })
    end)
    loops.raised("bad argument #2 to 'serve' (field 'onerror': function expected, got string)", function()
      server:serve(echo, { onerror = 'x' })
    end)
    loops.raised("bad argument #1 to 'stop' (number expected, got string)", function()
      server:stop('x')
    end)
    loops.run(function()
      local served = loop.spawn(server.serve, server, echo)
      loop.later()
      loops.raised('the server serves already', function()
        server:serve(echo)
      end)
      server:stop()
      assert(served:join())
    end)
  end)
end)

describe('stop', function()
  it('refuses new connections and waits for those that are there', task(function()
    local server, served = serving(echo)
    local port = server:getsockname():port()
    local client = connect_to(server)
    assert_answers(client, 'x')
    server:stop()
    assert.is_nil((inet.client.new({ host = '127.0.0.1', port = port })))
    assert.same({ nil, nil, true }, { served:join(0) })
    assert_answers(client, 'y')
    client:close()
    assert(served:join())
  end))

  it('ends those that are left when the time is over', task(function()
    local server, served = serving(echo, { drain = 10 })
    local client = connect_to(server)
    assert_answers(client, 'x')
    server:stop()
    assert(served:join())
    assert.is_nil(client:recv())
  end))

  it('ends those as well that take being cancelled for an error like others', task(function()
    local server, served = serving(function(sock)
      local is_open = true
      while is_open do
        local ok, line = net.pcall(sock.readline, sock)
        is_open = not ok or line
      end
    end)
    local client = connect_to(server)
    client:send('x\n')
    loops.settle()
    server:stop(0)
    assert.is_true((served:join(loops.patience / 2)))
    assert.is_nil(client:recv())
  end))

  it('does so at once for a time of 0', task(function()
    local server, served = serving(function()
      loop.suspend()
    end)
    local client = connect_to(server)
    loop.sleep(0)
    server:stop(0)
    assert(served:join())
    assert.is_nil(client:recv())
  end))

  it('sets another time when it is called again', task(function()
    local server, served = serving(echo, { drain = 1000 * loops.patience })
    local client = connect_to(server)
    assert_answers(client, 'x')
    server:stop()
    loops.settle()
    server:stop(0)
    assert.is_true((served:join(loops.patience / 2)))
    assert.is_nil(client:recv())
  end))

  it('is what happens when the server is closed', task(function()
    local server, served = serving(echo)
    local client = connect_to(server)
    assert_answers(client, 'x')
    server:close()
    assert_answers(client, 'y')
    client:close()
    assert.same({ true, true }, { served:join() })
  end))

  it('closes a server that does not serve, which cannot serve then', task(function()
    local server = listening()
    server:stop()
    assert.equal(-1, server:fd())
    assert.same({ nil, loops.failure('EBADF', 'accept') }, { server:serve(echo) })
  end))
end)
