-- SPDX-License-Identifier: MIT
-- Streams that speak TLS do what plain ones do, in both modes.
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local program = require('program')
local secure = require('secure')

local answer, file_of, keep = modes.answer, modes.file_of, network.keep
local long = loops.pattern(9973):rep(200)
local unix = net.stream.unix

after_each(loops.assert_idle)

setup(secure.certificate)

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

  it('methods that wait for their turn do what the others do', function()
    local client, join = against(function(connection)
      assert.equal('one', connection:recvsync())
      assert.equal(3, connection:sendsync('two'))
      assert.equal(5, connection:sendfilesync(file_of('three'), 5))
    end)
    assert.equal(3, client:sendsync('one'))
    assert.equal('twothree', client:readn(8))
    join()
  end)

  for how, prepare in pairs({
    [''] = function() end,
    [' and a hook'] = function(sock)
      sock:onwaitrecv(function()
        return true
      end)
    end,
  }) do
    it(('wrong arguments%s raise errors that name them, in the line of the program'):format(how), function()
      local client, join = against(function(connection)
        connection:recv()
      end)
      prepare(client)
      local file, file_expected = file_of('x'), 'file or integer expected, got string'
      for _, case in ipairs({
        { 'recv', { 'x' }, 1, 'integer expected, got string' },
        { 'recv', { -1 }, 1, 'out of range (0 to 2147483647)' },
        { 'send', {}, 1, 'string expected, got nil' },
        { 'send', { {} }, 1, 'string expected, got table' },
        { 'sendfile', { 'x', 1 }, 1, file_expected },
        { 'sendfile', { file }, 2, 'integer expected, got nil' },
        { 'sendfile', { file, 1, 'x' }, 3, 'integer expected, got string' },
      }) do
        modes.refuses(client, case[1], case[2], case[3], case[4])
        modes.refuses(client, case[1] .. 'sync', case[2], case[3], case[4])
      end
      client:close()
      join()
    end)
  end

  it('one direction can be closed before the other', function()
    local client, join = against(function(connection)
      assert.equal('question', modes.receive_all(connection))
      assert.equal(6, connection:send('answer'))
    end)
    client:send('question')
    assert.is_nil(client:closew())
    answer(client:send('more')):is(nil)
    assert.equal('answer', modes.receive_all(client))
    join()
    client:close()
  end)

  it('after closer() there is no more to read, and that is no truncation', function()
    local client, join = against(function(connection)
      connection:send('last')
      connection:readline()
      assert.equal('heard', connection:readline())
    end)
    assert.equal('la', client:readn(2))
    assert.is_nil(client:closer())
    assert.equal('st', client:recv())
    answer(client:recv()):is(nil)
    assert.equal(7, client:send('\nheard\n'))
    client:close()
    join()
  end)

  it('what a session tells ends with its connection, but not what later ones need of it', function()
    local client, join = against(function(connection)
      connection:send('x')
      connection:recv()
    end, { server = { set_session_lifetime = 100 } })
    local session = client:tls()
    assert.equal('x', client:recv())
    client:close()
    assert.has_error(function()
      session:conn_version()
    end)
    assert.is_userdata(session:resumption())
    assert.is_nil(client:tls())
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
    assert.is_true(session:peer_cert_contains_name('localhost.'))
    assert.is_true(session:peer_cert_contains_name('127.0.0.1'))
    for _, other in ipairs({ 'example.com', '127.0.0.2', '', '.', '.localhost', '*' }) do
      assert.is_false(session:peer_cert_contains_name(other), other)
    end
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
