-- SPDX-License-Identifier: MIT
-- TLS with peers that nobody here wrote, and with peers that do what they should not.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local peers = require('peers')
local secure = require('secure')

local answer, keep = modes.answer, network.keep
local long = loops.pattern(9973):rep(20)

after_each(loops.assert_idle)

local certificates

setup(function()
  local ca = secure.authority()
  certificates = { rsa = ca:issue({ key = 'rsa' }), ecdsa = ca:issue(), ed25519 = ca:issue({ key = 'ed25519' }) }
end)

-- Serves one connection of a server with this certificate, and gives what serve(connection) gives. `start(port)` starts
-- the client.
local function serve_once(made, start, serve)
  local result
  loops.run(function()
    local server, port = secure.listener(secure.config({ set_keypair_file = { made.cert, made.key } }))
    start(port)
    local connection, err = server:accept()
    assert(connection, err)
    connection:deadlines(secure.PATIENCE, secure.PATIENCE)
    result = serve(connection)
    connection:close()
    server:close()
  end)
  return result
end

-- Sends a line to the server at this port, which must answer with another; finish(client) comes before the end.
local function ask(port, question, expected, finish)
  loops.run(function()
    local client = keep(assert(secure.connect(port)))
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    client:send(question .. '\n')
    assert.equal(expected, client:readline())
    if finish then
      finish(client)
    end
    client:close()
  end)
end

for _, version in ipairs({ 'tls1_2', 'tls1_3' }) do
  for _, kind in ipairs({ 'rsa', 'ecdsa', 'ed25519' }) do
    local with = (' with %s and a key of %s'):format(version, kind)

    peers.it({ 'openssl' })('openssl s_client is served' .. with, function()
      local peer
      local version_seen = serve_once(certificates[kind], function(port)
        peer = peers.start({ 'sh', '-c', '(echo hello; sleep 20) | exec openssl "$@" 2>&1', 'openssl', 's_client',
          '-quiet', '-verify_return_error', '-verify_hostname', 'localhost', '-' .. version,
          '-CAfile', secure.authority().cert,
          '-connect', '127.0.0.1:' .. port })
      end, function(connection)
        assert.equal('hello', connection:readline())
        connection:send('to you\n')
        return connection:tls():conn_version()
      end)
      assert.equal(version == 'tls1_2' and 'TLSv1.2' or 'TLSv1.3', version_seen)
      peer:expect('^to you$')
      peer:stop()
    end)

    peers.it({ 'openssl' })('openssl s_server serves' .. with, function()
      local made = certificates[kind]
      local peer = peers.start({ 'openssl', 's_server', '-accept', '127.0.0.1:0', '-rev', '-' .. version, '-cert',
        made.cert, '-key', made.key })
      local port = tonumber(peer:expect('^ACCEPT 127%.0%.0%.1:(%d+)'))
      ask(port, 'abc', 'cba')
      peer:stop()
    end)
  end
end

peers.it({ 'curl' })('curl gets what a server sends', function()
  local path = peers.directory() .. '/got'
  local peer
  serve_once(certificates.ecdsa, function(port)
    peer = peers.start({ 'curl', '-sS', '--cacert', secure.authority().cert, '-o', path,
      ('https://localhost:%d/'):format(port), '--connect-to', ('localhost:%d:127.0.0.1:%d'):format(port, port) })
  end, function(connection)
    assert.equal('GET / HTTP/1.1', connection:readline())
    connection:send(('HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n'):format(#long))
    connection:send(long)
  end)
  local how, status, said = peer:wait()
  assert.equal('exited', how, said)
  assert.equal(0, status, said)
  assert.is_true(long == peers.read(path))
end)

local python_client = [[
import socket, ssl, sys
context = ssl.create_default_context(cafile=sys.argv[2])
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as plain:
    with context.wrap_socket(plain, server_hostname="localhost") as sock:
        sock.sendall(b"hello\n")
        print(sock.recv(100).decode(), sock.version(), flush=True)
        assert sock.unwrap() is not None
]]

peers.it({ 'python3' })("Python's ssl is served, and both say that nothing more comes", function()
  local peer
  serve_once(certificates.rsa, function(port)
    peer = peers.start({ 'python3', '-c', python_client, port, secure.authority().cert })
  end, function(connection)
    assert.equal('hello', connection:readline())
    connection:send('to you')
    answer(connection:recv()):is() -- the end, told by TLS
  end)
  peer:expect('^to you TLSv1.3$')
end)

local python_server = [[
import socket, ssl, sys
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(sys.argv[1], sys.argv[2])
with socket.create_server(("127.0.0.1", 0)) as listener:
    print(listener.getsockname()[1], flush=True)
    with context.wrap_socket(listener.accept()[0], server_side=True) as sock:
        sock.sendall(sock.recv(100).upper())
        sock.unwrap()
        print("both said so", flush=True)
]]

peers.it({ 'python3' })("Python's ssl serves, and both say that nothing more comes", function()
  local made = certificates.ecdsa
  local peer = peers.start({ 'python3', '-c', python_server, made.cert, made.key })
  local port = tonumber(peer:expect('^(%d+)$'))
  ask(port, 'hello', 'HELLO', function(client)
    answer(client:recv()):is() -- the end, told by TLS
  end)
  peer:expect('^both said so$')
end)

-- What a server says of a client that sends these bytes and then ends, or waits.
local function failure_of(bytes, options)
  local told
  loops.run(function()
    local server, port = secure.listener(nil, { tlsmsec = options and options.msec })
    function server.handshakeFailed(_, err)
      told = err
    end
    local accepting = loop.spawn(server.accept, server)
    local client = modes.client(port)
    client:send(bytes)
    if not (options and options.waits) then
      client:closew()
    end
    client:deadlines(secure.PATIENCE)
    repeat
      local received = client:recv()
    until not received
    loop.sleep(0.01)
    accepting:cancel()
    server:close()
  end)
  return told
end

describe('A server says what is wrong with a client', function()
  it('that does not speak TLS', function()
    assert.is_truthy(failure_of('GET / HTTP/1.1\r\nHost: x\r\n\r\n'):find('http request', 1, true))
    assert.is_truthy(failure_of(long:sub(1, 500)):find('^%[TLS_PROTOCOL:'))
  end)

  it('that ends within the handshake', function()
    assert.is_truthy(failure_of(''):find('^%[TLS_TRUNCATED:.*during the handshake'))
    assert.is_truthy(failure_of('\22\3\1\2\0'):find('^%[TLS_TRUNCATED:'))
  end)

  it('that stalls', function()
    assert.is_truthy(failure_of('', { waits = true, msec = 50 }):find('^%[ETIMEDOUT:'))
    assert.is_truthy(failure_of('\22\3\1\2\0\1', { waits = true, msec = 50 }):find('^%[ETIMEDOUT:'))
  end)

  it('that sends a record that is too long', function()
    assert.is_truthy(failure_of('\22\3\1\255\255' .. ('x'):rep(66000)):find('^%[TLS_PROTOCOL:'))
  end)
end)

describe('A client says what is wrong with a server', function()
  local function said_of(fn, seconds)
    local err, timeout
    local server, port = modes.listener()
    local finish = peers.fork(function()
      local connection = assert(server:accept())
      fn(connection)
      connection:recv(100000)
      connection:close()
    end)
    loops.run(function()
      local sock
      sock, err, timeout = net.stream.inet.client.new({
        port = port, host = '127.0.0.1', servername = 'localhost', tlscfg = secure.client_config(),
      }, true, seconds or secure.PATIENCE)
      assert.is_nil(sock)
    end)
    finish()
    return err, timeout
  end

  it('that does not speak TLS', function()
    assert.is_truthy(said_of(function(connection)
      connection:send('220 mail.example.com ESMTP\r\n')
    end):find('^%[TLS_PROTOCOL:%d+%]%[handshake%]'))
  end)

  it('that closes the connection', function()
    assert.is_truthy(said_of(function() end):find('^%[TLS_TRUNCATED:'))
  end)

  it('that stalls', function()
    local err, timeout = said_of(function(connection)
      connection:recv(100000)
    end, 100)
    assert.is_nil(err)
    assert.is_true(timeout)
  end)
end)
