-- SPDX-License-Identifier: MIT
-- Configurations of TLS, and what servers do with them.
local descriptors = require('descriptors')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local peers = require('peers')
local secure = require('secure')
local tls = require('net.tls')

local answer = modes.answer
local inet = net.stream.inet

after_each(loops.assert_idle)

setup(secure.certificate)

-- The descriptor of a file that only this user can read.
local function private_file()
  local path = peers.directory() .. '/private'
  peers.write(path, '')
  assert(select(2, peers.run({ 'chmod', '600', path })) == 0)
  return (descriptors.of(function()
    return network.keep(assert(io.open(path, 'r+b')))
  end))
end

-- Ends what a task serves, and clients that never said anything.
local function stop(server, serving, silent)
  for _, sock in ipairs(silent) do
    sock:close()
  end
  server:stop()
  assert.is_true((serving:join()))
end

describe('Configurations', function()
  it('are refused where their settings have no effect', function()
    local made = secure.certificate()
    local both = { made.cert, made.key }
    for _, row in ipairs({
      { 'client', { verify_client = secure.NOTHING }, 'verify_client' },
      { 'client', { add_keypair_file = both }, 'add_keypair' },
      { 'client', { add_ticket_key = { 1, ('k'):rep(48) } }, 'add_ticket_key' },
      { 'client', { set_dheparams = 'auto' }, 'set_dheparams' },
      { 'client', { set_ocsp_staple = secure.authority():ocsp(made) }, 'set_ocsp_staple' },
      { 'server', { set_keypair_file = both, set_session_fd = private_file() }, 'set_session_fd' },
      { 'server', {}, 'a server needs a certificate' },
      { 'server', { set_cert_file = made.cert }, 'a certificate without its key' },
      { 'server', { set_keypair_file = both, ocsp_require_stapling = secure.NOTHING }, 'for clients' },
      { 'server', { set_keypair_file = both, verify_client = secure.NOTHING }, 'set_ca' },
      { 'client', { set_protocols = 'tlsv1.0' }, 'no cipher of TLS 1.0 and 1.1' },
      { 'server', { set_keypair_file = both, set_protocols = 'all' }, 'no cipher of TLS 1.0 and 1.1' },
    }) do
      local context, err = tls[row[1]](secure.config(row[2]))
      assert.is_nil(context, row[3])
      assert.is_truthy(err:find('^%[TLS_CONFIG:'), err)
      assert.is_truthy(err:find(row[3], 1, true), err)
    end
  end)

  it('are told from other values', function()
    modes.function_refuses(inet.server, 'new', { { tlscfg = {} } }, 1,
      "field 'tlscfg': net.tls.config expected, got table")
    modes.function_refuses(inet.client, 'new', { { host = '127.0.0.1', port = 1, tlscfg = 1 } }, 1,
      "field 'tlscfg': net.tls.config expected, got number")
  end)

  it('that are changed are for streams that connect then, and for no server that listens', loops.task(function()
    local server_config, client_config = secure.server_config(), secure.client_config()
    local another = secure.authority():issue({ name = 'another' })
    local server, port = secure.listener(server_config)
    local function visit()
      local accepted = loop.spawn(server.accept, server)
      local client = assert(secure.connect(port, client_config))
      local _, connection = accepted:join()
      connection:close()
      local session = client:tls()
      local version, subject = session:conn_version(), session:peer_cert_subject()
      client:close()
      return { version, subject }
    end
    assert.same({ 'TLSv1.3', 'CN=server' }, visit())
    assert(server_config:set_keypair_file(another.cert, another.key))
    assert(client_config:set_protocols('tlsv1.2'))
    assert.same({ 'TLSv1.2', 'CN=server' }, visit())
    assert(server:tlsconfig(server_config))
    assert.same({ 'TLSv1.2', 'CN=another' }, visit())
    local accepted = loop.spawn(function()
      return assert(server:accept()), assert(server:accept())
    end)
    local client = assert(secure.connect(port, client_config))
    assert(client_config:set_protocols('tlsv1.3'))
    assert.is_nil(client:connect(secure.PATIENCE))
    assert.equal('TLSv1.3', client:tls():conn_version())
    assert(client_config:set_ca_file(another.cert))
    assert.is_truthy(client:connect(secure.PATIENCE):find('^%[UNABLE_TO_GET_ISSUER'))
    assert.equal('TLSv1.3', client:tls():conn_version()) -- the connection that there is stays
    accepted:join()
    client:close()
    server:close()
  end))
end)

describe('A server', function()
  it('accepts others while a handshake stalls, and closes that in time', function()
    loops.run(function()
      local server, port = secure.listener(nil, { tlsmsec = 200 })
      local failures = {}
      function server.handshakeFailed(_, err)
        table.insert(failures, err)
      end
      local silent = modes.client(port)
      local accepted = loop.spawn(function()
        return assert(server:accept()), (server:deadlines(100)), server:accept()
      end)
      local client = assert(secure.connect(port))
      assert.is_nil(silent:recv())
      local ok, connection = accepted:join()
      assert(ok, connection)
      assert.equal(1, #failures)
      assert.equal('ETIMEDOUT', failures[1]:match('^%[(%u+)'))
      client:close()
      connection:close()
    end)
  end)

  it('that is closed ends who waits to accept, and what nobody accepted', function()
    loops.run(function()
      local server, port = secure.listener()
      server:deadlines(50)
      local accepted = loop.spawn(server.accept, server)
      local waiting = loop.spawn(secure.connect, port)
      assert.is_true((accepted:join()))
      local _, client = waiting:join()
      server:deadlines(secure.PATIENCE)
      local late = loop.spawn(server.accept, server)
      local another = assert(secure.connect(port))
      local _, connection = late:join()
      local waiter = loop.spawn(server.accept, server)
      loop.sleep(0.01)
      server:close()
      local _, sock, err = waiter:join()
      assert.is_nil(sock)
      assert.equal('ECANCELED', err:match('^%[(%u+)'))
      for _, each in ipairs({ client, another, connection }) do
        each:close()
      end
    end)
  end)

  it('serves each connection after its handshake', function()
    loops.run(function()
      local server, port = secure.listener()
      local serving = loop.spawn(function()
        return server:serve(function(connection)
          connection:send(connection:tls():conn_version())
        end)
      end)
      modes.client(port):send('GET / HTTP/1.1\r\n\r\n')
      for _ = 1, 3 do
        local client = assert(secure.connect(port))
        assert.equal('TLSv1.3', client:recv())
        assert.is_nil(client:recv())
        client:close()
      end
      server:stop()
      assert.is_true((serving:join()))
    end)
  end)

  it('serves as many as it should at once, whose handshakes have succeeded', loops.task(function()
    local server, port = secure.listener()
    local most, now = 0, 0
    local serving = loop.spawn(server.serve, server, function(connection)
      now = now + 1
      most = math.max(most, now)
      connection:send('served')
      connection:recv()
      now = now - 1
    end, { limit = 2 })
    local silent = { modes.client(port), modes.client(port), modes.client(port) }
    loops.settle()
    local clients = {}
    for i = 1, 5 do
      clients[i] = loop.spawn(function()
        local client = assert(secure.connect(port))
        client:deadlines(secure.PATIENCE)
        assert.equal('served', client:recv())
        loop.sleep(0.01)
        client:close()
      end)
    end
    for _, client in ipairs(clients) do
      assert.is_true((client:join()))
    end
    assert.equal(2, most)
    stop(server, serving, silent)
  end))

  it('that serves ends the oldest of too many handshakes for another', loops.task(function()
    local server, port = secure.listener()
    local told = {}
    function server.handshakeFailed(_, err)
      table.insert(told, (err:match('^%[([%u_]+):')))
    end
    local serving = loop.spawn(server.serve, server, function(connection)
      connection:send('served')
    end, { limit = 1 })
    local silent = {}
    for i = 1, 513 do
      silent[i] = modes.client(port)
      loops.settle()
    end
    assert.same({ 'ECANCELED' }, told)
    assert.is_nil((silent[1]:recv()))
    local client = assert(secure.connect(port))
    assert.equal('served', client:recv())
    client:close()
    stop(server, serving, silent)
  end))

  it('takes another certificate for the connections that come, and keeps those that there are', function()
    loops.run(function()
      local client, connection, server = secure.pair()
      local made = secure.authority():issue({ name = 'renewed' })
      assert(server:tlsconfig(secure.config({ set_keypair_file = { made.cert, made.key } })))
      local accepted = loop.spawn(server.accept, server)
      local later = assert(secure.connect(server:getsockname():port()))
      assert.equal('CN=renewed', later:tls():peer_cert_subject())
      assert.equal('CN=server', client:tls():peer_cert_subject())
      assert.equal(2, client:send('ok'))
      assert.equal('ok', connection:recv())
      local _, second = accepted:join()
      second:close()
      later:close()
    end)
  end)

  it('speaks TLS with whom it waits for when it begins to', function()
    loops.run(function()
      local server, port = modes.listener()
      server:deadlines(secure.PATIENCE)
      local accepting = loop.spawn(server.accept, server)
      loops.settle()
      assert(server:tlsconfig(secure.server_config()))
      local stalled, client = modes.client(port), assert(secure.connect(port))
      local _, connection = accepting:join()
      assert.equal(2, connection:send('ok'))
      assert.equal('ok', client:recv())
      for _, sock in ipairs({ stalled, client, connection, server }) do
        sock:close()
      end
    end)
  end)

  it('does not begin to speak TLS while it serves without', function()
    loops.run(function()
      local server, port = modes.listener()
      local serving = loop.spawn(server.serve, server, function(connection)
        connection:send('plain')
      end)
      loop.later()
      assert.has_error(function()
        server:tlsconfig(secure.server_config())
      end, "cannot use 'tlsconfig' here: the server serves without TLS")
      local client = modes.client(port)
      assert.equal('plain', client:recv())
      client:close()
      server:stop()
      serving:join()
    end)
  end)

  it('asks its clients for certificates, of whom it requires them or not', function()
    local trusted = secure.authority():issue({
      name = 'client', extensions = { 'basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth' },
    })
    loops.run(function()
      local ca = secure.authority().cert
      local own = { set_keypair_file = { trusted.cert, trusted.key } }
      local required = { set_ca_file = ca, verify_client = secure.NOTHING }
      local client, connection = secure.pair({ server = required, client = own })
      assert.equal('CN=client', connection:tls():peer_cert_subject())
      client:close()
      client, connection = secure.pair({ server = { set_ca_file = ca, verify_client_optional = secure.NOTHING } })
      assert.is_false(connection:tls():peer_cert_provided())
      client:close()
      local server, port = secure.listener(secure.server_config(required))
      local accepting = loop.spawn(server.accept, server)
      local refused = assert(secure.connect(port)) -- of TLS 1.3 the refusal comes later
      answer(refused:recv()):fails('ALERT_CERTIFICATE_REQUIRED')
      accepting:cancel()
    end)
  end)

  it('chooses among its certificates by the name that a client asks for', function()
    loops.run(function()
      local first, second = secure.certificate(), secure.authority():issue({ name = 'second', san = 'DNS:example.com' })
      local config = { set_keypair_file = { first.cert, first.key }, add_keypair_file = { second.cert, second.key } }
      for name, subject in pairs({ localhost = 'CN=server', ['example.com'] = 'CN=second' }) do
        local client = secure.pair({ server = config, options = { servername = name } })
        assert.equal(subject, client:tls():peer_cert_subject())
        client:close()
      end
    end)
  end)

  it('resumes sessions that a client has from it', function()
    loops.run(function()
      local server_config = secure.server_config({ set_session_lifetime = 60 })
      local server, port = secure.listener(server_config)
      local serving = loop.spawn(function()
        return server:serve(function(connection)
          connection:send('hello')
          connection:recv()
        end)
      end)
      local client = assert(secure.connect(port))
      assert.equal('hello', client:recv())
      assert.is_false(client:tls():conn_session_resumed())
      local resumption = client:tls():resumption()
      assert.is_userdata(resumption)
      client:close()
      local config = secure.client_config()
      client = assert(secure.connect(port, config, { resumption = resumption }))
      assert.is_true(client:tls():conn_session_resumed())
      client:close()
      -- Not for another name.
      client = assert(secure.connect(port, config, { resumption = resumption, servername = '127.0.0.1' }))
      assert.is_false(client:tls():conn_session_resumed())
      client:close()
      server:stop()
      serving:join()
    end)
  end)
end)

describe('Tickets', function()
  for _, name in ipairs({ 'recv', 'readline' }) do
    it('come while the server waits in ' .. name .. '()', loops.task(function()
      local client, connection = secure.pair({ server = { set_session_lifetime = 60 } })
      local reader = loop.spawn(connection[name], connection)
      client:deadlines(20)
      while not client:tls():resumption() do
        answer(client:recv()):is(nil, nil, true)
      end
      client:deadlines(secure.PATIENCE, secure.PATIENCE)
      client:send('line\n')
      assert.is_true((reader:join()))
      client:close()
      connection:close()
    end))
  end
end)

describe('The end of a stream', function()
  it('is an error if the peer did not say so', function()
    loops.run(function()
      local client, connection = secure.pair()
      connection:send('half')
      connection.sock:close()
      assert.equal('half', client:recv())
      answer(client:recv()):fails('TLS_TRUNCATED')
      answer(client:recv()):fails('TLS_TRUNCATED')
    end)
  end)
end)
