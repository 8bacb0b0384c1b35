-- SPDX-License-Identifier: MIT
-- accept() of servers with TLS, in every way to wait: handshakes that stall hold up nobody, and end in time.
local hosts = require('hosts')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local network = require('network')
local puppet = require('puppet')
local secure = require('secure')

local answer, keep = modes.answer, network.keep

local SHORT = 50 -- milliseconds

after_each(loops.assert_idle)

setup(secure.certificate)

-- A server, its port, and a list of what it is told of handshakes that failed.
local function listener(options)
  local server, port = secure.listener(nil, options)
  local told = {}
  function server.handshakeFailed(_, err)
    table.insert(told, (err:match('^%[([%u_]+):')))
  end
  return server, port, told
end

-- it(sentence, fn); beside(fn) calls the function while the test goes on, and gives a function that waits for its end.
local function describe_accept(it, beside)
  -- A client that is served, beside.
  local function served(port)
    return beside(function()
      local client = assert(secure.connect(port))
      assert.equal('served', client:recv())
      assert.is_nil(client:recv())
      client:close()
    end)
  end

  local function serve(server)
    local connection = assert(server:accept())
    connection:send('served')
    connection:close()
  end

  it('speaks TLS from when it gets a configuration', function()
    local server, port = modes.listener()
    local plain = modes.client(port)
    assert(server:accept()):close()
    plain:close()
    assert(server:tlsconfig(secure.server_config()))
    local join = served(port)
    serve(server)
    join()
    server:close()
  end)

  it('speaks TLS when it gets a configuration while it waits', function()
    local server, port = modes.listener()
    server:deadlines(secure.PATIENCE)
    local join
    server:onwaitrecv(function()
      server:onwaitrecv(nil)
      join = served(port)
      return server:tlsconfig(secure.server_config())
    end)
    serve(server)
    join()
    server:close()
  end)

  it('serves others while clients stall', function()
    local server, port, told = listener()
    local stalled = {}
    for i, size in ipairs({ 0, 1, 100 }) do
      stalled[i] = modes.client(port)
      stalled[i]:send(puppet.client():flight():sub(1, size))
    end
    local join = served(port)
    serve(server)
    join()
    join = served(port)
    serve(server)
    join()
    assert.same({}, told)
    server:close()
    for _, sock in ipairs(stalled) do
      sock:deadlines(secure.PATIENCE)
      assert.is_nil((sock:recv()))
      sock:close()
    end
    if loop.running() then
      loops.settle()
    end
    assert.same({ 'ECANCELED', 'ECANCELED', 'ECANCELED' }, told)
  end)

  it('obeys its deadline while clients stall, and ends their handshakes at theirs', function()
    local server, port, told = listener({ tlsmsec = 4 * SHORT })
    local silent = modes.client(port)
    server:deadlines(SHORT)
    answer(server:accept()):is(nil, nil, true)
    assert.same({}, told)
    server:deadlines(8 * SHORT)
    answer(server:accept()):is(nil, nil, true)
    assert.same({ 'ETIMEDOUT' }, told)
    silent:deadlines(secure.PATIENCE)
    assert.is_nil((silent:recv()))
    silent:close()
    server:close()
  end)

  it('goes on with handshakes that began in an earlier call', function()
    local server, port, told = listener()
    local sock = modes.client(port)
    local client = puppet.client()
    local flight = client:flight()
    sock:send(flight:sub(1, 20))
    server:deadlines(SHORT)
    answer(server:accept()):is(nil, nil, true)
    sock:send(flight:sub(21))
    answer(server:accept()):is(nil, nil, true)
    client:give(assert(sock:recv(65536)))
    sock:send(client:flight())
    server:deadlines(secure.PATIENCE)
    local connection = assert(server:accept())
    assert.equal('TLSv1.3', connection:tls():conn_version())
    assert.same({}, told)
    sock:close()
    connection:close()
    server:close()
  end)

  it('tells of handshakes that fail, and serves the next', function()
    local server, port, told = listener()
    local sock = modes.client(port)
    sock:send('GET / HTTP/1.1\r\n\r\n')
    local gone = modes.client(port)
    gone:close()
    local join = served(port)
    serve(server)
    join()
    table.sort(told)
    assert.same({ 'TLS_PROTOCOL', 'TLS_TRUNCATED' }, told)
    sock:close()
    server:close()
  end)

  it('asks a hook before it waits', function()
    local server, port = listener()
    local silent = modes.client(port)
    local asked = 0
    server:onwaitrecv(function(context, msec)
      asked = asked + 1
      assert.equal('context', context)
      assert.is_true(msec > 0)
      return nil, 'refused'
    end, 'context')
    answer(server:accept()):is(nil, 'refused')
    assert.equal(1, asked)
    server:onwaitrecv(nil)
    local join = served(port)
    serve(server)
    join()
    silent:close()
    server:close()
  end)
end

for _, mode in ipairs(modes.list) do
  describe('accept() ' .. mode.name, function()
    describe_accept(mode.it, mode.beside)
  end)
end

hosts.each('accept()', function(spawn, runs, adapter)
  describe_accept(function(sentence, fn)
    it(sentence, runs(fn))
  end, function(fn)
    local has_ended = false
    spawn(function()
      fn()
      has_ended = true
    end)
    return function()
      while not has_ended do
        adapter.sleep(0.005)
      end
    end
  end)

  it('ends with ECANCELED when the server is closed', runs(function()
    local server, port = secure.listener()
    local silent = modes.client(port)
    local ended = false
    spawn(function()
      answer(server:accept()):fails('ECANCELED')
      ended = true
    end)
    adapter.sleep(0.02)
    server:close()
    adapter.sleep(0.02)
    assert.is_true(ended)
    answer(server:accept()):fails('EBADF')
    silent:close()
  end))
end)

describe('Outside of tasks, accept()', function()
  it('raises what handshakeFailed() raises, and goes on', function()
    local server, port = listener()
    function server.handshakeFailed()
      error('told', 0)
    end
    local sock = modes.client(port)
    sock:send('GET / HTTP/1.1\r\n\r\n')
    assert.has_error(function()
      server:accept()
    end, 'told')
    server:deadlines(SHORT)
    answer(server:accept()):is(nil, nil, true)
    sock:close()
    server:close()
  end)

  it('ends the oldest of too many handshakes for another', function()
    local server, port, told = listener()
    local silent = {}
    for i = 1, 513 do
      silent[i] = modes.client(port)
      if i % 100 == 0 or i > 511 then -- no more than the backlog holds
        server:deadlines(4 * SHORT)
        answer(server:accept()):is(nil, nil, true)
      end
      assert.same(i == 513 and { 'ECANCELED' } or {}, told)
    end
    silent[1]:deadlines(secure.PATIENCE)
    assert.is_nil((silent[1]:recv()))
    for _, sock in ipairs(silent) do
      sock:close()
    end
    server:close()
  end)

  it('ends handshakes in time while there are no descriptors for others', function()
    local made = secure.certificate()
    local output = loops.output(([[
      local config = require('net.tls').config.new()
      assert(config:set_keypair_file(%q, %q))
      local server = assert(net.stream.inet.server.new({ host = '127.0.0.1', tlscfg = config, tlsmsec = 100 }))
      assert(not server:listen())
      local told = 0
      function server.handshakeFailed()
        told = told + 1
      end
      server:deadlines(20)
      local port, silent = server:getsockname():port(), {}
      for i = 1, 20 do
        silent[i] = assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port }))
      end
      local files, err = {}, nil
      repeat
        files[#files + 1] = io.open('/dev/null')
        err = select(2, server:accept())
      until err
      assert(err:find('^%%[EMFILE:'), err)
      local until_when = loop.now() + 20
      repeat
        server:accept()
      until told > 0 or loop.now() > until_when
      print(told > 0)
    ]]):format(made.cert, made.key), 'ulimit -n 60')
    assert.equal('true\n', output)
  end)

  it('gives no connection without TLS when the server waits in another way later', function()
    local server, port = secure.listener()
    local silent = modes.client(port)
    server:deadlines(SHORT)
    answer(server:accept()):is(nil, nil, true)
    loops.run(function()
      local serving = loop.spawn(server.serve, server, function() end)
      loops.settle()
      serving:cancel()
      serving:join()
      server:deadlines(secure.PATIENCE)
      local client = loop.spawn(secure.connect, port)
      local connection = assert(server:accept())
      assert.equal('TLSv1.3', connection:tls():conn_version())
      connection:close()
      local _, other = client:join()
      other:close()
      silent:deadlines(secure.PATIENCE)
      assert.is_nil((silent:recv()))
      silent:close()
      server:close()
    end)
  end)

  it('ends, and its server, whatever handshakeFailed() raises in close()', function()
    local server, port = secure.listener()
    function server.handshakeFailed()
      error('told', 0)
    end
    local silent = { modes.client(port), modes.client(port) }
    server:deadlines(SHORT)
    answer(server:accept()):is(nil, nil, true)
    assert.has_error(function()
      server:close()
    end, 'told')
    assert.equal(-1, server:fd())
    for _, sock in ipairs(silent) do
      sock:deadlines(secure.PATIENCE)
      assert.is_nil((sock:recv()))
      sock:close()
    end
  end)

  it('leaves the server one that blocks, and its connections', function()
    local server, port = secure.listener()
    assert.is_false(server:isnonblock())
    server:deadlines(SHORT)
    answer(server:accept()):is(nil, nil, true)
    assert.is_false(server:isnonblock())
    server:deadlines(secure.PATIENCE)
    local join = modes.list[1].beside(function()
      assert(secure.connect(port)):close()
    end)
    local connection = assert(server:accept())
    assert.is_false(connection:isnonblock())
    connection:close()
    join()
    server:close()
  end)

  it('of a child leaves the handshakes of its parent alone', function()
    local server, port, told = listener()
    local sock = keep(modes.client(port))
    local client = puppet.client()
    sock:send(client:flight())
    server:deadlines(SHORT)
    answer(server:accept()):is(nil, nil, true)
    loops.forked(function()
      answer(server:accept()):is(nil, nil, true)
      server:close()
    end)
    client:give(assert(sock:recv(65536)))
    sock:send(client:flight())
    server:deadlines(secure.PATIENCE)
    local connection = assert(server:accept())
    connection:close()
    assert.same({}, told)
    server:close()
  end)
end)
