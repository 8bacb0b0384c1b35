-- SPDX-License-Identifier: MIT
-- Handshakes with peers that stop, or reset the connection, at every step of them.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local puppet = require('puppet')
local secure = require('secure')

local keep = network.keep

after_each(loops.assert_idle)

setup(secure.certificate)

local SHORT = 60 -- milliseconds

-- How much of a flight a peer sends before it stops.
local parts = {
  function() return 0 end,
  function() return 1 end,
  function() return 5 end, -- the header of a record
  function(size) return math.floor(size / 2) end,
  function(size) return size - 1 end,
}

-- Where a peer may stop, as a list of { version, number of its flight, part }. So many of its flights are needed, by
-- version.
local function stops(needed)
  local list = {}
  for version, flights in pairs(needed) do
    for flight = 1, flights do
      for _, part in ipairs(parts) do
        list[#list + 1] = { version, flight, part }
      end
    end
  end
  return list
end

local stops_of_client = stops({ ['tlsv1.2'] = 2, ['tlsv1.3'] = 2 })
local stops_of_server = stops({ ['tlsv1.2'] = 2, ['tlsv1.3'] = 1 })

-- Speaks as this puppet up to where it stops.
local function play(actor, sock, stop)
  local sent = 0
  while true do
    local flight = actor:flight()
    if #flight > 0 then
      sent = sent + 1
      if sent == stop[2] then
        return sock:send(flight:sub(1, stop[3](#flight)))
      end
      assert.equal(#flight, sock:send(flight))
    end
    actor:give(assert(sock:recv()))
  end
end

local function stall(sock)
  repeat
    local bytes = sock:recv()
  until not bytes
  sock:close()
end

local function reset(sock)
  sock.sock:linger(0)
  sock:close()
end

local function play_client(port, stop, ending)
  local sock = modes.client(port)
  sock:deadlines(secure.PATIENCE)
  play(puppet.client({ set_protocols = stop[1] }), sock, stop)
  ending(sock)
end

local function play_server(listener, stop, ending)
  local sock = assert(listener:accept())
  sock:deadlines(secure.PATIENCE)
  play(puppet.server({ set_protocols = stop[1] }), sock, stop)
  ending(sock)
end

-- What a server says of its clients, in the list that is returned as well.
local function listener(msec)
  local told = {}
  local server, port = secure.listener(nil, { tlsmsec = msec })
  function server.handshakeFailed(_, err)
    table.insert(told, err:match('^%[([%u_]+):') or err)
  end
  return server, port, told
end

-- All of them are among these names.
local function assert_all(told, count, ...)
  local names = {}
  for i = 1, select('#', ...) do
    names[select(i, ...)] = true
  end
  assert.equal(count, #told, table.concat(told, ' '))
  for _, name in ipairs(told) do
    assert.is_true(names[name], name)
  end
end

modes.each(function(mode)
  local it = mode.it

  -- A server accepts a good client after all these.
  local function outlives(ending, msec)
    local server, port, told = listener(msec)
    local join = mode.beside(function()
      for _, stop in ipairs(stops_of_client) do
        play_client(port, stop, ending)
      end
      local client = assert(secure.connect(port))
      client:send('good')
      client:close()
    end)
    local connection = assert(server:accept())
    assert.equal('good', connection:recv())
    connection:close()
    join()
    server:close()
    return told
  end

  it('a server obeys its deadline wherever a client stalls', function()
    assert_all(outlives(stall, SHORT), #stops_of_client, 'ETIMEDOUT')
  end)

  it('a server outlives clients that reset the connection', function()
    assert_all(outlives(reset, secure.PATIENCE), #stops_of_client, 'ECONNRESET', 'EPIPE', 'TLS_TRUNCATED')
  end)

  -- What a client says of servers that stop.
  local function meets(ending, msec, check)
    local server, port = modes.listener()
    server:deadlines(secure.PATIENCE)
    local join = mode.beside(function()
      for _, stop in ipairs(stops_of_server) do
        play_server(server, stop, ending)
      end
    end)
    for _ = 1, #stops_of_server do
      local sock, err, timeout = net.stream.inet.client.new({
        host = '127.0.0.1', port = port, servername = 'localhost', tlscfg = secure.client_config(),
      }, true, msec)
      assert.is_nil(sock)
      check(err, timeout)
    end
    join()
    server:close()
  end

  it('a client obeys its deadline wherever a server stalls', function()
    meets(stall, SHORT, function(err, timeout)
      assert.is_true(timeout)
      assert.is_true(err == nil or err:find('^%[ETIMEDOUT:') ~= nil)
    end)
  end)

  it('a client says that a server reset the connection', function()
    meets(reset, secure.PATIENCE, function(err, timeout)
      assert.is_nil(timeout)
      local name = err:match('^%[([%u_]+):')
      assert.is_true(name == 'ECONNRESET' or name == 'EPIPE' or name == 'TLS_TRUNCATED', err)
    end)
  end)

  -- Sends byte by byte, so that the other end gets them so.
  local function trickle(sock, bytes)
    for i = 1, #bytes do
      assert.equal(1, sock:send(bytes:sub(i, i)))
      if mode.is_loop then
        loop.later()
      end
    end
  end

  local function speak_slowly(actor, sock)
    sock:tcpnodelay(true)
    sock:deadlines(secure.PATIENCE)
    while not actor.is_ready do
      trickle(sock, actor:flight())
      if not actor.is_ready then
        actor:give(assert(sock:recv()))
      end
    end
    trickle(sock, actor:records('all of it') .. actor:close_notify())
    sock:closew()
    stall(sock)
  end

  for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
    it('a peer may send byte by byte with ' .. version, function()
      local server, port = listener(secure.PATIENCE)
      local join = mode.beside(function()
        speak_slowly(puppet.client({ set_protocols = version }), modes.client(port))
      end)
      local connection = assert(server:accept())
      connection:deadlines(secure.PATIENCE)
      assert.equal('all of it', modes.receive_all(connection))
      connection:close()
      join()
      server:close()
      local plain, plain_port = modes.listener()
      join = mode.beside(function()
        speak_slowly(puppet.server({ set_protocols = version }), assert(plain:accept()))
      end)
      local client = keep(assert(secure.connect(plain_port)))
      client:deadlines(secure.PATIENCE)
      assert.equal('all of it', modes.receive_all(client))
      client:close()
      join()
    end)
  end
end)

describe('A server inside net.loop', function()
  it('accepts others while clients stall at every step, and closes those when they go', loops.task(function()
    local server, port, told = listener(secure.PATIENCE)
    local accepting = loop.spawn(server.accept, server)
    local stalled = {}
    for _, stop in ipairs(stops_of_client) do
      local sock = modes.client(port)
      stalled[#stalled + 1] = sock
      play(puppet.client({ set_protocols = stop[1] }), sock, stop)
    end
    local client = assert(secure.connect(port))
    local ok, connection = accepting:join()
    assert(ok and connection, connection)
    assert.same({}, told)
    for _, sock in ipairs(stalled) do
      sock:closew()
      stall(sock)
    end
    loops.settle()
    assert_all(told, #stalled, 'TLS_TRUNCATED')
    client:close()
    connection:close()
    server:close()
  end))
end)
