-- SPDX-License-Identifier: MIT
-- Streams that speak TLS do what plain ones do, in both modes.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local program = require('program')
local secure = require('secure')
local tls = require('net.tls')

local answer, keep = modes.answer, network.keep
local long = loops.pattern(9973):rep(200)
local inet, unix = net.stream.inet, net.stream.unix

after_each(loops.assert_idle)

setup(secure.certificate)

local function file_of(content)
  local path = program.file(content)
  local file = keep(assert(io.open(path)))
  os.remove(path)
  return file
end

modes.each(function(mode)
  local it = mode.it

  -- A client, whose server does this with its connection; and a function that waits for that.
  local function against(serve, what)
    what = what or {}
    local server, port = secure.listener(secure.server_config(what.server), what.server_options)
    local join = mode.beside(function()
      local connection = assert(server:accept())
      connection:deadlines(secure.PATIENCE, secure.PATIENCE)
      serve(connection)
      connection:close()
    end)
    local client = keep(assert(secure.connect(port, secure.client_config(what.client), what.options)))
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    return client, join, server
  end

  local function echo(connection)
    local line = connection:readline(#long)
    while line do
      assert.equal(#line + 1, connection:send(line .. '\n'))
      line = connection:readline(#long)
    end
  end

  it('lines go there and back, and the end is told', function()
    local client, join = against(function(connection)
      assert.equal('one', connection:readline())
      assert.equal(4, connection:send('two\n'))
    end)
    assert.equal(4, client:send('one\n'))
    assert.equal('two', client:readline())
    answer(client:recv()):is()
    join()
    client:close()
  end)

  it('megabytes go there and back', function()
    local client, join = against(function(connection)
      local received = modes.receive_all(connection, #long)
      assert.equal(#long, connection:send(received))
    end)
    assert.equal(#long, client:send(long))
    assert.is_true(long == modes.receive_all(client))
    join()
  end)

  it('files go as they are, whole and in part', function()
    local client, join = against(function(connection)
      local file = file_of(long)
      assert.equal(#long, connection:sendfile(file, #long))
      assert.equal(1000, connection:sendfile(file, 1000, 500))
      assert.equal(10, connection:sendfile(file, 1000, #long - 10))
    end)
    local received = modes.receive_all(client)
    assert.is_true(long .. long:sub(501, 1500) .. long:sub(-10) == received)
    join()
  end)

  it('reading by parts takes what is there', function()
    local client, join = against(function(connection)
      connection:send('head: 1\r\n\r\nbody')
      connection:recv()
    end)
    assert.equal('head: 1', client:readuntil('\r\n\r\n'))
    assert.equal('bo', client:peek(2))
    assert.equal('body', client:readn(4))
    client:close()
    join()
  end)

  it('a deadline that passes loses no bytes', function()
    local client, join = against(function(connection)
      assert.equal('go', connection:recv())
      connection:send('late')
      connection:recv()
    end)
    client:deadlines(30)
    answer(client:recv()):is(nil, nil, true)
    client:deadlines(secure.PATIENCE)
    client:send('go')
    assert.equal('late', client:recv())
    client:close()
    join()
  end)

  it('messages and descriptors are refused, since they would go past TLS', function()
    local client, join = against(function(connection)
      connection:recv()
    end)
    local message = net.MsgHdr.new()
    answer(client:sendmsg(message)):fails('EOPNOTSUPP', 'sendmsg')
    answer(client:recvmsg(message)):fails('EOPNOTSUPP', 'recvmsg')
    client:close()
    join()
  end)

  it('unix streams speak it as well', function()
    local path = program.file('')
    os.remove(path)
    local server = keep(assert(unix.server.new({ path = path, tlscfg = secure.server_config() })))
    assert.is_nil(server:listen())
    local join = mode.beside(function()
      local connection = assert(server:accept())
      connection:send('here')
      connection:close()
    end)
    local client = assert(unix.client.new({
      path = path, tlscfg = secure.client_config(), servername = 'localhost',
    }, true, secure.PATIENCE))
    assert.equal('here', client:recv())
    assert.is_nil(client:recv())
    client:close()
    join()
    os.remove(path)
  end)

  it('a connection tells of itself and of its peer', function()
    local client, join = against(function(connection)
      assert.equal('localhost', connection:tls():conn_servername())
      assert.is_false(connection:tls():peer_cert_provided())
      connection:recv()
    end, { server = { set_alpn = 'h2,http/1.1' }, client = { set_alpn = 'http/1.1' } })
    local session = client:tls()
    assert.equal('TLSv1.3', session:conn_version())
    assert.equal('http/1.1', session:conn_alpn_selected())
    assert.equal('CN=server', session:peer_cert_subject())
    assert.equal('CN=Test CA', session:peer_cert_issuer())
    assert.is_true(session:peer_cert_contains_name('localhost'))
    assert.is_false(session:peer_cert_contains_name('example.com'))
    assert.is_truthy(session:peer_cert_hash():match('^SHA256:%x+$'))
    assert.is_true(session:peer_cert_notbefore() < os.time() and session:peer_cert_notafter() > os.time())
    assert.is_true(session:conn_cipher_strength() >= 128)
    assert.equal(32, #session:channel_binding('tls-exporter'))
    assert.equal(32, #session:channel_binding('tls-server-end-point'))
    assert.equal(20, #session:export_key('EXPORTER-test', 20))
    client:close()
    join()
  end)

  it('a plain connection becomes one of TLS on both sides', function()
    local server, port = modes.listener()
    local join = mode.beside(function()
      local connection = assert(server:accept())
      assert.equal('STARTTLS', connection:readline())
      connection:send('go\n')
      assert(connection:starttls(secure.server_config(), { server = true }))
      assert.equal('secret', connection:readline())
      connection:send('yes\n')
      connection:recv()
    end)
    local client = modes.client(port)
    client:send('STARTTLS\n')
    assert.equal('go', client:readline())
    assert(client:starttls(secure.client_config(), { servername = 'localhost' }))
    client:send('secret\n')
    assert.equal('yes', client:readline())
    client:close()
    join()
  end)

  it('bytes that came before the handshake are refused, or are its begin', function()
    for policy, wanted in pairs({ refuse = 'EBADMSG', feed = false }) do
      local server, port = modes.listener()
      local join = mode.beside(function()
        local connection = assert(server:accept())
        assert.equal('P', connection:peek(1))
        connection:readline()
        connection:send('go')
        connection:peek(1)
        local ok, err = connection:starttls(secure.server_config(), { server = true, unread = policy })
        if wanted then
          assert.equal(wanted, err:match('^%[(%u+)'))
        else
          assert(ok, err)
          assert.equal('secret', connection:recv())
        end
        connection:close()
      end)
      local client = modes.client(port)
      client:send('PROXY\n')
      assert.equal('go', client:readn(2))
      local ok = client:starttls(secure.client_config(), { servername = 'localhost' })
      assert.equal(not wanted, ok or false)
      if ok then
        client:send('secret')
      end
      join()
      client:close()
    end
  end)

  it('a client that is connected again speaks TLS again', function()
    local server, port = secure.listener()
    local join = mode.beside(function()
      for i = 1, 2 do
        local connection = assert(server:accept())
        connection:send(tostring(i))
        connection:close()
      end
    end)
    local client = assert(secure.connect(port))
    assert.equal('1', client:recv())
    assert.is_nil(client:connect(secure.PATIENCE))
    assert.equal('2', client:recv())
    client:close()
    join()
  end)

  it('echoes lines of every length', function()
    local client, join = against(echo)
    for _, size in ipairs({ 0, 1, 16383, 16384, 16385, 65536, 100000 }) do
      local line = long:sub(1, size):gsub('\n', ' ')
      assert.equal(size + 1, client:send(line .. '\n'))
      assert.is_true(line == client:readline(size))
    end
    client:close()
    join()
  end)
end)

describe('Configurations', function()
  it('say what is wrong with each of their settings', function()
    local config = tls.config.new()
    local made = secure.certificate()
    local another = secure.authority():issue()
    for _, row in ipairs({
      { 'set_ca', 'x', 'TLS_CONFIG', 'no certificate in it' },
      { 'set_ca_file', '/none', 'ENOENT', '/none' },
      { 'set_ca_path', '/none', 'ENOENT', '/none' },
      { 'set_crl', '', 'TLS_CONFIG', 'no revocation list in it' },
      { 'set_cert_file', made.key, 'TLS_CONFIG', 'no certificate in it' },
      { 'set_key_file', made.cert, 'TLS_CONFIG', 'no private key in it' },
      { 'set_ciphers', 'NONE-SUCH', 'TLS_CONFIG', 'no cipher' },
      { 'set_ecdhecurves', 'P-1', 'TLS_CONFIG', 'unknown group' },
      { 'set_dheparams', 'x', 'TLS_CONFIG', 'expected' },
      { 'set_alpn', 'h2,,x', 'TLS_CONFIG', '1 to 255' },
      { 'set_protocols', 'sslv3', 'TLS_CONFIG', 'unknown' },
      { 'set_protocols', 1, 'TLS_CONFIG', 'unknown' },
      { 'set_session_id', ('x'):rep(33), 'TLS_CONFIG', '32 bytes' },
      { 'set_session_lifetime', -1, 'TLS_CONFIG', 'out of range' },
      { 'set_verify_depth', -1, 'TLS_CONFIG', 'out of range' },
      { 'set_ocsp_staple', 'x', 'TLS_CONFIG', 'no OCSP response' },
    }) do
      local ok, err = config[row[1]](config, row[2])
      assert.is_nil(ok, row[1])
      assert.equal(row[3], err:match('^%[([%u_]+):%d+%]'), err)
      assert.is_truthy(err:find(row[4], 1, true), err)
    end
    local ok, err = config:set_keypair_file(made.cert, another.key)
    assert.is_nil(ok)
    assert.is_truthy(err:find('the key does not belong to the certificate', 1, true), err)
  end)

  it('are refused where their settings have no effect', function()
    local made = secure.certificate()
    local both = { made.cert, made.key }
    for _, row in ipairs({
      { 'client', { verify_client = secure.NOTHING }, 'verify_client' },
      { 'client', { add_keypair_file = both }, 'add_keypair' },
      { 'client', { add_ticket_key = { 1, ('k'):rep(48) } }, 'add_ticket_key' },
      { 'client', { set_dheparams = 'auto' }, 'set_dheparams' },
      { 'server', {}, 'a server needs a certificate' },
      { 'server', { set_cert_file = made.cert }, 'a certificate without its key' },
      { 'server', { set_keypair_file = both, ocsp_require_stapling = secure.NOTHING }, 'for clients' },
      { 'server', { set_keypair_file = both, verify_client = secure.NOTHING }, 'set_ca' },
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
