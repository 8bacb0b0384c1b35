-- SPDX-License-Identifier: MIT
-- createConnection() of servers with TLS: what it makes speaks TLS at once, and what it refuses is told the end.
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local secure = require('secure')

local answer = modes.answer

local Own = net.class('tests.Own', net.stream.Socket)

-- Ways to make a connection, which is not given the session.
local ways = {
  ['of a class of its own'] = function(_, _, sock)
    return assert(Own.new(sock))
  end,
  ['by the method that it overrides'] = function(base, server, sock)
    return base(server, sock)
  end,
}

-- Ways to give none.
local refusals = {
  ['says why not'] = function()
    return nil, 'too many'
  end,
  ['raises an error'] = function()
    error('on purpose', 0)
  end,
  ['gives something else'] = function()
    return 1
  end,
  ['says why not, having made a stream'] = function(sock)
    local made = assert(Own.new(sock))
    assert.is_truthy(made:tls())
    return nil, 'too many'
  end,
  ['raises an error, having made a stream'] = function(sock)
    local made = assert(Own.new(sock))
    assert.is_truthy(made:tls())
    error('on purpose', 0)
  end,
}

after_each(loops.assert_idle)

setup(secure.certificate)

-- A client, beside, that greets and must be served, or see the end.
local function visitor(beside, port, expected)
  return beside(function()
    local client = assert(secure.connect(port))
    client:send('hello')
    if expected then
      answer(client:recv()):is(expected)
    end
    answer(client:recv()):is(nil)
    client:close()
  end)
end

local function describe_connections(it, beside)
  for how, make in pairs(ways) do
    it('speaks TLS in createConnection ' .. how, function()
      local server, port = secure.listener()
      local base = server.createConnection
      local made
      function server:createConnection(sock)
        made = make(base, self, sock)
        assert.is_truthy(made:tls())
        answer(made:recv()):is('hello')
        answer(made:send('served')):is(6)
        return made
      end
      local join = visitor(beside, port, 'served')
      local connection = assert(server:accept())
      assert.equal(made, connection)
      connection:close()
      join()
      server:close()
    end)
  end

  for how, refuse in pairs(refusals) do
    it('tells the peer the end when createConnection ' .. how, function()
      local server, port = secure.listener()
      function server.createConnection(_, sock)
        return refuse(sock)
      end
      local join = visitor(beside, port)
      local ok, connection = net.pcall(server.accept, server)
      assert.is_falsy(ok and connection)
      join()
      server:close()
    end)
  end
end

modes.each(function(mode)
  describe_connections(mode.it, mode.beside)
end)

-- The same in another task, to its end.
local function visit(port, expected)
  assert.is_true((visitor(loop.spawn, port, expected):join(loops.patience)))
end

describe('A server with TLS', function()
  for how, refuse in pairs(refusals) do
    it('tells the peer the end when createConnection ' .. how, loops.task(function()
      local server, port = secure.listener()
      function server.createConnection(_, sock)
        return refuse(sock)
      end
      local serving = loop.spawn(server.serve, server, error, { onerror = function() end })
      for _ = 1, 2 do
        visit(port)
      end
      server:stop()
      assert.is_true((serving:join()))
    end))
  end

  it('tells the peer the end when the task is cancelled in createConnection', loops.task(function()
    local server, port = secure.listener()
    function server.createConnection()
      loop.running():cancel()
      loop.later()
    end
    local serving = loop.spawn(server.serve, server, error)
    visit(port)
    server:stop()
    assert.is_true((serving:join()))
  end))

  it('serves by connections of a class of its own', loops.task(function()
    local server, port = secure.listener()
    function server.createConnection(_, sock)
      return Own.new(sock)
    end
    local serving = loop.spawn(server.serve, server, function(connection)
      assert.equal('TLSv1.3', connection:tls():conn_version())
      connection:send(connection:recv())
    end)
    visit(port, 'hello')
    server:stop()
    assert.is_true((serving:join()))
  end))

  -- A server and two clients, both of which have made their handshakes while the server accepted the first of them.
  local function with_one_ready()
    local server, port = secure.listener()
    local clients, connecting = {}, {}
    for i = 1, 2 do
      clients[i] = modes.client(port)
    end
    for i, client in ipairs(clients) do
      connecting[i] = loop.spawn(client.starttls, client, secure.client_config(), { servername = 'localhost' })
    end
    local first = assert(server:accept())
    for i = 1, 2 do
      expect(connecting[i]:join(loops.patience)):to_be(true, true)
    end
    loop.later() -- the last message of the handshake is there
    return server, clients, first
  end

  it('tells the peer the end when it is closed before it accepts', loops.task(function()
    local server, clients, first = with_one_ready()
    first:close()
    server:close()
    for i = 1, 2 do
      answer(clients[i]:recv()):is(nil)
      clients[i]:close()
    end
  end))

  it('is the parent\'s in a child, which closes it', loops.task(function()
    local server, clients, first = with_one_ready()
    assert.equal(0, loops.forked(function()
      server:close()
    end))
    local second = assert(server:accept())
    for _, connection in ipairs({ first, second }) do
      connection:send('served')
      connection:close()
    end
    for i = 1, 2 do
      answer(clients[i]:recv()):is('served')
      answer(clients[i]:recv()):is(nil)
      clients[i]:close()
    end
    server:close()
  end))
end)
