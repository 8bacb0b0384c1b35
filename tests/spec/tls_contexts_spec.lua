-- SPDX-License-Identifier: MIT
-- Contexts over descriptors, for programs that were written for libtls and move the bytes themselves.
local authority = require('authority')
local contexts = require('contexts')
local descriptors = require('descriptors')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local peers = require('peers')
local secure = require('secure')
local tls = require('net.tls')

local answer = modes.answer
local unpack = table.unpack or unpack
local long = loops.pattern(9973):rep(300)

after_each(loops.assert_idle)

setup(secure.certificate)

-- Calls until it is done, as such programs do: waits for what the call wants in between.
local function finish(sock, context, method, ...)
  while true do
    local value, err, again, want = context[method](context, ...)
    if not again then
      return value, err
    end
    assert(sock[want == tls.WANT_POLLIN and 'recvable' or 'sendable'](sock, 20000))
  end
end

local function write_all(sock, context, text)
  local sent = 0
  while sent < #text do
    local n, err, again, want = context:write(text, sent)
    assert(n or not err, err)
    sent = sent + (n or 0)
    if again then
      assert(sock[want == tls.WANT_POLLIN and 'recvable' or 'sendable'](sock, 20000))
    end
  end
end

local function read_all(sock, context)
  local parts = {}
  while true do
    local part, err = finish(sock, context, 'read')
    assert.is_nil(err)
    if not part then
      return table.concat(parts)
    end
    parts[#parts + 1] = part
  end
end

-- Writes before any handshake was made.
local function write_first(client, connection)
  repeat
    local n, err = client:write('to you')
    assert.is_nil(err)
    connection:read(0)
  until n
end

describe('A program for libtls', function()
  local path = package.path

  setup(function()
    package.path = 'compat/?.lua;' .. path
  end)

  teardown(function()
    package.path = path
    package.loaded.libtls = nil
  end)

  it('speaks TLS over the descriptors of its sockets', function()
    local libtls = require('libtls')
    local listener, address = network.listener(network.loopbacks[1])

    local ended = peers.fork(function()
      local config = libtls.config.new()
      assert(config:set_keypair_file(secure.certificate().cert, secure.certificate().key))
      local server = assert(libtls.server(config))
      local sock = assert(listener:accept())
      sock:nonblock(true)
      local context = assert(server:accept_socket(sock:fd()))
      write_all(sock, context, read_all(sock, context):upper())
      assert(finish(sock, context, 'close'))
      sock:close()
    end)

    local config = libtls.config.new()
    assert(config:set_ca_file(secure.authority().cert))
    assert(config:set_protocols(libtls.parse_protocols('tlsv1.3')))
    local client = assert(libtls.client(config))
    local sock = loops.tcp()
    sock:connect(address)
    assert(sock:sendable(20000))
    assert.is_true(client:connect_socket(sock:fd(), 'localhost'))
    assert.is_true(finish(sock, client, 'handshake'))
    assert.equal('TLSv1.3', client:conn_version())
    assert.is_true(client:peer_cert_contains_name('localhost'))
    write_all(sock, client, 'abc' .. long)
    assert.is_true(finish(sock, client, 'close'))
    assert.is_true('ABC' .. long == read_all(sock, client))
    sock:close()
    ended()
  end)

  it('finds what it needs beside the contexts', function()
    local libtls = require('libtls')
    assert.equal('read', libtls.WANT_POLLIN)
    assert.equal('write', libtls.WANT_POLLOUT)
    assert.equal(libtls.PROTOCOLS_DEFAULT, libtls.parse_protocols('default'))
    assert.equal(libtls.PROTOCOLS_ALL, libtls.parse_protocols('all'))
    assert.equal(libtls.PROTOCOL_TLSv1_2 + libtls.PROTOCOL_TLSv1_3, libtls.PROTOCOLS_DEFAULT)
    assert.is_string(libtls.default_ca_cert_file())
    assert.equal(peers.read(secure.authority().cert), libtls.load_file(secure.authority().cert))
    local bits, err = libtls.parse_protocols('sslv3')
    assert.is_nil(bits)
    assert.is_truthy(err:find('^%[TLS_CONFIG:%d+%]%[parse_protocols%]'), err)
  end)
end)

describe('A call of a context that would block', function()
  it('says for what to wait, also where the descriptor blocks', function()
    local client, server, near, far = contexts.pair()
    near:nonblock(false)
    far:nonblock(false)
    answer(server:handshake()):is_exactly(nil, nil, true, 'read')
    answer(server:read()):is_exactly(nil, nil, true, 'read')
    answer(server:write('x')):is_exactly(nil, nil, true, 'read')
    answer(client:handshake()):is_exactly(nil, nil, true, 'read')
    answer(server:handshake()):is_exactly(nil, nil, true, 'read')
    assert.same({}, { contexts.handshake(client, server) })
    answer(client:handshake()):is(true)
    answer(client:read()):is_exactly(nil, nil, true, 'read')
    answer(server:read(10)):is_exactly(nil, nil, true, 'read')
  end)

  it('writes what goes, and later the rest', function()
    local client, server = contexts.connection()
    local n, err, again, want = server:write(long)
    assert.is_nil(err)
    assert.is_true(n > 0 and n < #long)
    assert.same({ true, 'write' }, { again, want })
    answer(server:write(long, n)):is_exactly(0, nil, true, 'write')
    local parts, sent, received = {}, n, 0
    while received < #long do
      local part, failure = client:read()
      assert.is_nil(failure)
      if part then
        table.insert(parts, part)
        received = received + #part
      else
        sent = sent + assert(server:write(long, sent))
      end
    end
    assert.is_true(long == table.concat(parts))
    answer(server:write('')):is(0)
    answer(server:write('abc', 3)):is(0)
    answer(server:write('abc', 1)):is(2)
    assert.equal('bc', client:read())
  end)
end)

describe('A context', function()
  it('makes the handshake when it reads or writes', function()
    local client, server = contexts.pair()
    write_first(client, server)
    assert.equal('to', server:read(2))
    assert.equal(' you', server:read())
    answer(server:write('and back')):is(8)
    assert.equal('and back', client:read())
  end)

  it('tells the end, and a truncation from that', function()
    local client, server, near, far = contexts.connection()
    server:write('last')
    answer(server:close()):is(true)
    answer(server:close()):is(true)
    answer(server:write('x')):fails('EPIPE', 'send')
    assert.equal('last', client:read())
    answer(client:read()):is()
    answer(client:read()):is()
    answer(client:write('still')):is(5)
    assert.equal('still', server:read())
    near:close()
    answer(server:read()):fails('TLS_TRUNCATED', 'recv')
    answer(server:read()):fails('TLS_TRUNCATED', 'recv')
    far:close()
  end)

  it('says again what was wrong with the handshake', function()
    local client, server = contexts.pair(nil, nil, 'example.com')
    local err, told = contexts.handshake(client, server)
    assert.is_truthy(err:find('^%[HOSTNAME_MISMATCH:%d+%]%[handshake%] '), err)
    assert.is_truthy(told:find('^%[ALERT_[%u_]+:%d+%]%[handshake%] '), told)
    for _, method in ipairs({ 'handshake', 'read', 'write' }) do
      answer(client[method](client, method == 'write' and 'x' or nil)):is(nil, err)
    end
    assert.is_nil(client:conn_version())
    assert.is_false(client:peer_cert_provided())
  end)

  it('says what is wrong with a peer that does not speak TLS', function()
    local client, _, _, far = contexts.pair()
    client:handshake()
    far:send('220 mail.example.com ESMTP\r\n')
    local ok, err = client:handshake()
    assert.is_nil(ok)
    assert.is_truthy(err:find('^%[TLS_PROTOCOL:%d+%]%[handshake%] '), err)
  end)

  it('knows nothing of the peer before the handshake', function()
    local client, server = contexts.pair()
    for _, each in ipairs({ client, server }) do
      assert.is_nil(each:conn_version())
      assert.is_nil(each:conn_cipher())
      assert.is_nil(each:conn_alpn_selected())
      assert.is_nil(each:peer_cert_subject())
      assert.is_nil(each:peer_cert_notafter())
      assert.is_nil(each:resumption())
      assert.is_nil(each:channel_binding('tls-exporter'))
      assert.is_nil(each:export_key('label', 10))
      assert.is_false(each:peer_cert_provided())
      assert.is_false(each:peer_cert_contains_name('localhost'))
      assert.is_false(each:conn_session_resumed())
    end
  end)

  it('of a client makes one connection after the other', function()
    local client = assert(tls.client(secure.client_config()))
    local server = assert(tls.server(secure.server_config({ set_session_lifetime = 60 })))
    local resumption
    for i = 1, 3 do
      local near, far = loops.pair()
      assert.is_true(client:connect_socket(near:fd(), 'localhost', resumption))
      local connection = assert(server:accept_socket(far:fd()))
      write_first(client, connection)
      assert.equal('to you', connection:read())
      connection:write('x')
      assert.equal('x', client:read())
      assert.equal(i > 1, client:conn_session_resumed())
      resumption = client:resumption()
      client:close()
    end
  end)

  it('of a server serves several clients at once', function()
    local server = assert(tls.server(secure.server_config()))
    local pairs_of = {}
    for i = 1, 3 do
      local near, far = loops.pair()
      local client = assert(tls.client(secure.client_config()))
      assert(client:connect_socket(near:fd(), 'localhost'))
      pairs_of[i] = { client, assert(server:accept_socket(far:fd())) }
    end
    for i = 1, 3 do
      assert.same({}, { contexts.handshake(pairs_of[i][1], pairs_of[i][2]) })
      pairs_of[i][1]:write(tostring(i))
    end
    for i = 1, 3 do
      assert.equal(tostring(i), pairs_of[i][2]:read())
    end
  end)

  for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
    it('knows with its peer of ' .. version .. ' what nobody else knows', function()
      local client, server = contexts.connection(secure.client_config({ set_protocols = version }))
      local other = contexts.connection(secure.client_config({ set_protocols = version }))
      for _, arguments in ipairs({ { 'EXPORTER-a', 32 }, { 'EXPORTER-b', 32 }, { 'EXPORTER-a', 32, 'context' } }) do
        local key = client:export_key(unpack(arguments))
        assert.equal(32, #key)
        assert.is_true(key == server:export_key(unpack(arguments)))
        assert.is_false(key == other:export_key(unpack(arguments)))
        assert.is_true(arguments[1] == 'EXPORTER-a' and not arguments[3] or key ~= client:export_key('EXPORTER-a', 32))
      end
      assert.is_true(client:channel_binding('tls-exporter') == server:channel_binding('tls-exporter'))
      assert.is_false(client:channel_binding('tls-exporter') == other:channel_binding('tls-exporter'))
      local digest = client:channel_binding('tls-server-end-point'):gsub('.', function(byte)
        return ('%02x'):format(byte:byte())
      end)
      assert.equal(client:peer_cert_hash():lower(), 'sha256:' .. digest)
      assert.is_true(server:channel_binding('tls-server-end-point') == client:channel_binding('tls-server-end-point'))
    end)
  end

  it('stays as it was when its configuration is changed', function()
    local config = secure.client_config()
    local client, server = contexts.pair(config)
    contexts.handshake(client, server)
    assert(config:set_ca_file(authority.new('Another CA').cert))
    assert.equal(1, client:write('x'))
    assert.equal('x', server:read())
    local near, far = loops.pair()
    assert(client:connect_socket(near:fd(), 'localhost'))
    local err = contexts.handshake(client, assert(assert(tls.server(secure.server_config())):accept_socket(far:fd())))
    assert.is_nil(err)
    assert.is_truthy(contexts.handshake(contexts.pair(config)):find('^%[UNABLE_TO_GET_ISSUER'))
  end)

  it('leaves its descriptor to the program', function()
    local client, server, near, far = contexts.connection()
    client:close()
    server:read()
    local fds = { near:fd(), far:fd() }
    client, server = nil, nil -- luacheck: ignore 311
    collectgarbage()
    collectgarbage()
    assert.is_true(descriptors.is_open(fds[1]))
    assert.is_true(descriptors.is_open(fds[2]))
    assert.equal(5, near:send('plain'))
    assert.equal('plain', far:recv(10))
  end)

  it('fails as the descriptor does', function()
    local client, _, near = contexts.pair()
    near:close()
    answer(client:handshake()):fails('EBADF', 'handshake')
    client = assert(tls.client(secure.client_config()))
    local fd = descriptors.of(function()
      return network.keep(assert(io.open('/dev/null')))
    end)
    assert.is_true(client:connect_socket(fd, 'localhost'))
    answer(client:handshake()):fails('ENOTSOCK', 'handshake')
  end)

  it('of a client needs a name to verify', function()
    local near = loops.pair()
    local client = assert(tls.client(secure.client_config()))
    answer(client:connect_socket(near:fd())):fails('TLS_NO_NAME', 'servername')
    loops.raised('there is no connection', client.handshake, client)
    local ok, err = client:connect_socket(near:fd(), 'no host')
    assert.is_nil(ok)
    assert.is_truthy(err:find('neither a host name nor an IP address', 1, true), err)
    ok, err = client:connect_socket(near:fd(), 'b\195\188cher.example')
    assert.is_nil(ok)
    assert.is_truthy(err:find('A-labels are expected', 1, true), err)
    client = assert(tls.client(secure.config({ insecure_noverifyname = secure.NOTHING })))
    assert.is_true(client:connect_socket(near:fd()))
  end)
end)

describe('What a program does wrong with a context', function()
  it('is told in its line', function()
    local client, server = assert(tls.client(secure.client_config())), assert(tls.server(secure.server_config()))
    local _, connection = contexts.connection()
    for _, row in ipairs({
      { client, 'read', 'there is no connection' }, { client, 'conn_version', 'there is no connection' },
      { server, 'write', 'there is no connection' }, { server, 'handshake', 'there is no connection' },
      { server, 'connect_socket', 'connect_socket is for clients' },
      { client, 'accept_socket', 'accept_socket is for servers' },
      { connection, 'accept_socket', 'accept_socket is for servers' },
    }) do
      local ok, message = net.pcall(function()
        row[1][row[2]](row[1], 0)
      end)
      assert.is_false(ok)
      assert.equal(row[3], message:match('tls_contexts_spec%.lua:%d+: (.*)$'), message)
    end
  end)

  it('is told by the place of the argument', function()
    local client, server = assert(tls.client(secure.client_config())), assert(tls.server(secure.server_config()))
    local _, connection = contexts.connection()
    for _, row in ipairs({
      { client, 'connect_socket', { 'x' }, 1, 'llsocket.socket or integer expected, got string' },
      { client, 'connect_socket', { -1 }, 1, 'out of range (0 to 2147483647)' },
      { client, 'connect_socket', { 0, {} }, 2, 'string expected, got table' },
      { client, 'connect_socket', { 0, 'a', {} }, 3, 'net.tls.resumption expected, got table' },
      { client, 'connect_socket', { 0, 'a', secure.config() }, 3, 'net.tls.resumption expected, got net.tls.config' },
      { server, 'accept_socket', {}, 1, 'llsocket.socket or integer expected, got nil' },
      { connection, 'read', { 'x' }, 1, 'integer expected, got string' },
      { connection, 'write', {}, 1, 'string expected, got nil' },
      { connection, 'write', { 'abc', 4 }, 2, 'out of range (0 to 3)' },
      { connection, 'peer_cert_contains_name', { 1 }, 1, 'string expected, got number' },
      { connection, 'export_key', { 'x' }, 2, 'integer expected, got nil' },
      { connection, 'export_key', { 'x', 0 }, 2, 'out of range (1 to 8160)' },
      { connection, 'channel_binding', {}, 1, 'string expected, got nil' },
    }) do
      modes.refuses(row[1], row[2], row[3], row[4], row[5])
    end
  end)
end)
