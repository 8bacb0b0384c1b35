-- SPDX-License-Identifier: MIT
-- Sessions of TLS that are resumed, and those that must not be.
local authority = require('authority')
local descriptors = require('descriptors')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local peers = require('peers')
local program = require('program')
local secure = require('secure')
local tls = require('net.tls')

local NOTHING = secure.NOTHING

after_each(loops.assert_idle)

setup(secure.certificate)

local servers

-- A task in which serve() may be called; its servers end with it.
local function task(fn)
  return function()
    loops.run(function()
      servers = {}
      fn()
      for _, each in ipairs(servers) do
        each.server:stop()
        assert.is_true((each.task:join()))
      end
    end)
  end
end

-- Starts a server with these settings, which tells each client whether it resumed a session and who the client is: its
-- port.
local function serve(settings)
  local server, port = secure.listener(secure.server_config(settings))
  table.insert(servers, { server = server, task = loop.spawn(server.serve, server, function(connection)
    local session = connection:tls()
    connection:send(tostring(session:conn_session_resumed()) .. ', ' .. tostring(session:peer_cert_subject()))
    connection:recv()
  end) })
  return port
end

-- Connects once: whether a session was resumed, the one for later, and what the server said of the client.
local function visit(port, client, resumption, servername)
  local config = type(client) == 'userdata' and client or secure.client_config(client)
  local sock = assert(secure.connect(port, config, { resumption = resumption, servername = servername }))
  sock:deadlines(secure.PATIENCE, secure.PATIENCE)
  local said = assert(sock:recv())
  local session = sock:tls()
  local is_resumed, later = session:conn_session_resumed(), session:resumption()
  assert.equal(tostring(is_resumed), said:match('^%a+'))
  sock:close()
  return is_resumed, later, said:match(', (.*)$')
end

local function assert_resumed(...)
  assert.is_true((visit(...)))
end

local function assert_new(...)
  assert.is_false((visit(...)))
end

-- The session that a first connection gives.
local function first(port, client)
  local is_resumed, later = visit(port, client)
  assert.is_false(is_resumed)
  return later
end

-- An empty file that only this user can read: its descriptor, its path, and its file, which is to be kept.
local function session_file(content)
  local path = peers.directory() .. '/session'
  peers.write(path, content or '')
  assert(os.execute('chmod 600 ' .. program.quoted(path)))
  return descriptors.of(function()
    return path, network.keep(assert(io.open(path, 'r+b')))
  end)
end

local function chmod(mode, path)
  os.execute(('chmod %s %s'):format(mode, program.quoted(path)))
end

local LIFETIME = 60 -- seconds
local function lasting(settings)
  settings = settings or {}
  settings.set_session_lifetime = settings.set_session_lifetime or LIFETIME
  return settings
end

for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
  local function speaking(settings)
    settings = settings or {}
    settings.set_protocols = version
    return settings
  end

  describe('A session of ' .. version, function()
    it('is resumed by an object, again and again', task(function()
      local port = serve(lasting(speaking()))
      local resumption = assert(first(port))
      for _ = 1, 3 do
        local is_resumed, later = visit(port, nil, resumption)
        assert.is_true(is_resumed)
        assert.is_userdata(later)
        resumption = later
      end
    end))

    it('is resumed from a file', task(function()
      local port = serve(lasting(speaking()))
      local fd, path = session_file()
      assert_new(port, { set_session_fd = fd })
      assert.is_true(#peers.read(path) > 0)
      assert_resumed(port, { set_session_fd = fd })
      assert_resumed(port, { set_session_fd = fd }) -- another was written, or that is still good
    end))

    it('in a file that others may read by now is neither read nor written', task(function()
      local port = serve(lasting(speaking()))
      local fd, path = session_file()
      local config = secure.client_config({ set_session_fd = fd })
      assert_new(port, config)
      local content = peers.read(path)
      chmod('640', path)
      assert_new(port, config)
      assert.is_true(content == peers.read(path))
      chmod('600', path)
      assert_resumed(port, config)
    end))

    it('is neither read from nor written to another file that has the number by now', task(function()
      local port = serve(lasting(speaking()))
      local fd, path, file = session_file()
      local config = secure.client_config({ set_session_fd = fd })
      assert_new(port, config)
      local content = peers.read(path)
      file:close()
      local another, other_path = session_file(content)
      assert.equal(fd, another)
      assert_new(port, config)
      assert.is_true(content == peers.read(other_path))
    end))

    for what, garbage in pairs({
      ['text'] = 'no session',
      ['zeros'] = ('\0'):rep(1000),
      ['the begin of a long value'] = '\48\132\255\255\255\255\2\1\1',
      ['too much'] = ('\48'):rep(100000),
    }) do
      it(('is not in a file with %s, which is replaced'):format(what), task(function()
        local port = serve(lasting(speaking()))
        local config = secure.client_config({ set_session_fd = (session_file(garbage)) })
        assert_new(port, config)
        assert_resumed(port, config)
      end))
    end

    it('that was cut is not resumed', task(function()
      local port = serve(lasting(speaking()))
      local fd, path = session_file()
      assert_new(port, { set_session_fd = fd })
      local content = peers.read(path)
      assert_new(port, { set_session_fd = (session_file(content:sub(1, -2))) })
      assert_resumed(port, { set_session_fd = (session_file(content)) })
    end))

    it('is for one server name', task(function()
      local port = serve(lasting(speaking()))
      local resumption = first(port)
      local fd = session_file()
      assert_new(port, { set_session_fd = fd })
      assert_new(port, nil, resumption, '127.0.0.1')
      assert_new(port, { set_session_fd = fd }, nil, '127.0.0.1')
      assert_resumed(port, nil, resumption)
    end))

    for how, setting in pairs({
      ['of the certificate'] = 'insecure_noverifycert',
      ['of the name'] = 'insecure_noverifyname',
      ['of the time'] = 'insecure_noverifytime',
    }) do
      it(('made without verification %s is not used with it'):format(how), task(function()
        local port = serve(lasting(speaking()))
        local fd = session_file()
        local resumption = first(port, { [setting] = NOTHING, set_session_fd = fd })
        assert_new(port, nil, resumption)
        assert_resumed(port, { [setting] = NOTHING, set_session_fd = fd })
        assert_new(port, { set_session_fd = fd })
      end))
    end

    it('made with a certificate of the client is not used without it', task(function()
      local made = secure.authority():issue({ name = 'client' })
      local port = serve(lasting(speaking({
        set_ca_file = secure.authority().cert, verify_client_optional = NOTHING,
      })))
      local known = { set_keypair_file = { made.cert, made.key } }
      local resumption = first(port, known)
      assert_new(port, nil, resumption)
      assert_resumed(port, known, resumption)
    end))

    it('made without a staple is not used where one is required', task(function()
      local port = serve(lasting(speaking()))
      local sock, err = secure.connect(port, secure.client_config({ ocsp_require_stapling = NOTHING }), {
        resumption = first(port),
      })
      assert.is_nil(sock)
      assert.is_truthy(err:find('^%[OCSP_VERIFY_NEEDED:'), err)
    end))

    it('of a server that is no longer trusted is not used', task(function()
      local port = serve(lasting(speaking()))
      local sock, err = secure.connect(port, secure.config({ set_ca_file = authority.new('Another CA').cert }), {
        resumption = first(port),
      })
      assert.is_nil(sock)
      assert.is_truthy(err:find('^%[UNABLE_TO_GET_ISSUER_CERT_LOCALLY:'), err)
    end))

    it('is not there if its lifetime is 0', task(function()
      local port = serve(speaking({ set_session_lifetime = 0 }))
      local fd, path = session_file()
      assert.is_nil(first(port, { set_session_fd = fd }))
      assert.equal('', peers.read(path))
      -- Nor is one that the server gave when its lifetime was another.
      local key = { 1, ('k'):rep(48) }
      local resumption = first(serve(lasting(speaking({ add_ticket_key = key }))))
      assert_new(port, nil, resumption)
    end))

    it('tells the server again who the client is', task(function()
      local ca = secure.authority()
      local made = ca:issue({ name = 'client' })
      local own = { set_keypair_file = { made.cert, made.key } }
      local port = serve(lasting(speaking({ set_ca_file = ca.cert, verify_client = NOTHING })))
      local _, resumption, name = visit(port, own)
      assert.equal('CN=client', name)
      local is_resumed, _, same = visit(port, own, resumption)
      assert.is_true(is_resumed)
      assert.equal('CN=client', same)
    end))

    it('made without a certificate of the client is of no use where one is required', task(function()
      local ca = secure.authority()
      local made = ca:issue({ name = 'client' })
      local key = { 1, ('k'):rep(48) }
      local resumption = first(serve(speaking({ add_ticket_key = key })))
      local port = serve(speaking({ add_ticket_key = key, set_ca_file = ca.cert, verify_client = NOTHING }))
      local is_resumed, _, name = visit(port, { set_keypair_file = { made.cert, made.key } }, resumption)
      assert.is_false(is_resumed)
      assert.equal('CN=client', name)
    end))
  end)

  describe('Servers of ' .. version, function()
    local function key(letter, revision)
      return { revision, letter:rep(48) }
    end

    it('that share a key resume sessions of each other', task(function()
      local settings = speaking({ add_ticket_key = key('a', 1) })
      local one, other = serve(settings), serve(settings)
      local is_resumed, later = visit(other, nil, first(one))
      assert.is_true(is_resumed)
      assert_resumed(one, nil, later)
    end))

    it('with other keys, or none, make a new one', task(function()
      local resumption = first(serve(speaking({ add_ticket_key = key('a', 1) })))
      local others = { speaking({ add_ticket_key = key('b', 1) }), lasting(speaking()), speaking() }
      for _, settings in ipairs(others) do
        assert_new(serve(settings), nil, resumption)
      end
    end))

    it('of other identities make a new one, whatever they share', task(function()
      local settings = { add_ticket_key = key('a', 1), set_session_id = 'one' }
      local resumption = first(serve(speaking(settings)))
      assert_resumed(serve(settings), nil, resumption)
      settings.set_session_id = 'other'
      assert_new(serve(settings), nil, resumption)
    end))

    it('decrypt with the three keys before the newest', task(function()
      local sessions = {}
      local config = secure.server_config(speaking({ set_session_id = 'one' }))
      for revision = 1, 5 do
        assert(config:add_ticket_key(revision, tostring(revision):rep(48)))
        local server, port = secure.listener(config)
        local accepted = loop.spawn(server.accept, server)
        local client = assert(secure.connect(port))
        local _, connection = accepted:join()
        connection:send('x')
        assert.equal('x', client:recv())
        sessions[revision] = client:tls():resumption()
        client:close()
        connection:close()
        server:close()
      end
      local function port_with(...)
        local made = secure.server_config(speaking({ set_session_id = 'one' }))
        for _, revision in ipairs({ ... }) do
          assert(made:add_ticket_key(revision, tostring(revision):rep(48)))
        end
        local server, port = secure.listener(made)
        table.insert(servers, { server = server, task = loop.spawn(server.serve, server, function(connection)
          connection:send(tostring(connection:tls():conn_session_resumed()) .. ', ')
          connection:recv()
        end) })
        return port
      end
      local port = port_with(1, 2, 3, 4, 5)
      assert_new(port, nil, sessions[1])
      for revision = 2, 5 do
        local is_resumed, later = visit(port, nil, sessions[revision])
        assert.is_true(is_resumed)
        assert_resumed(port_with(5), nil, later) -- it was renewed
      end
    end))
  end)
end

describe('A session', function()
  it('of TLS 1.2 is not used where only 1.3 is spoken, nor the other way round', task(function()
    local key = { 1, ('k'):rep(48) }
    local two = serve({ add_ticket_key = key, set_protocols = 'tlsv1.2' })
    local three = serve({ add_ticket_key = key, set_protocols = 'tlsv1.3' })
    assert_new(three, nil, first(two))
    assert_new(two, nil, first(three))
    assert_new(three, { set_protocols = 'tlsv1.3' }, first(two))
  end))

  it('that is older than its lifetime is not resumed', task(function()
    local old, ports = {}, {}
    for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
      for _, key in ipairs({ false, { 1, ('k'):rep(48) } }) do
        local port = serve({ set_protocols = version, add_ticket_key = key or nil, set_session_lifetime = 1 })
        table.insert(ports, port)
        old[port] = first(port)
      end
    end
    loop.sleep(2.1) -- OpenSSL counts whole seconds
    for _, port in ipairs(ports) do
      assert_new(port, nil, old[port])
    end
  end))

  it('that was not used is not given for later ones', task(function()
    local resumption = first(serve(lasting()))
    local is_resumed, later = visit(serve(), nil, resumption, '127.0.0.1')
    assert.is_false(is_resumed)
    assert.is_nil(later)
  end))

  it('is kept in no file that others can read, nor in what is no file', function()
    local function assert_refused(fd, name)
      local ok, err = tls.config.new():set_session_fd(fd)
      assert.is_nil(ok)
      assert.equal(name, err:match('^%[(%u+):%d+%]%[set_session_fd%] '), err)
    end
    for _, mode in ipairs({ '640', '604', '620', '602', '666' }) do
      local fd, path = session_file()
      chmod(mode, path)
      assert_refused(fd, 'EPERM')
    end
    assert_refused(modes.pair():fd(), 'EPERM')
    assert_refused(999, 'EBADF')
  end)

  it('is told from other objects', function()
    local inet = net.stream.inet
    local options = { host = '127.0.0.1', port = 1, tlscfg = secure.client_config() }
    for _, row in ipairs({ { 'x', 'string' }, { {}, 'table' }, { secure.client_config(), 'userdata' } }) do
      options.resumption = row[1]
      modes.function_refuses(inet.client, 'new', { options }, 1,
        "field 'resumption': net.tls.resumption expected, got " .. row[2])
      modes.refuses(modes.pair(), 'starttls', { options.tlscfg, { resumption = row[1] } }, 2,
        "field 'resumption': net.tls.resumption expected, got " .. row[2])
    end
  end)
end)
