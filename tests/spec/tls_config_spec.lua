-- SPDX-License-Identifier: MIT
-- What each setting of TLS refuses, that it changes nothing then, and for whom changes are.
local contexts = require('contexts')
local loops = require('loops')
local modes = require('modes')
local peers = require('peers')
local program = require('program')
local secure = require('secure')
local tls = require('net.tls')

local unpack = table.unpack or unpack

after_each(loops.assert_idle)

local ca, made, another, directory

setup(function()
  ca, made = secure.authority(), secure.certificate()
  another = ca:issue({ name = 'another' })
  directory = peers.directory(true)
end)

teardown(function()
  peers.remove(directory)
end)

local count = 0

-- The path of a new file.
local function file(content)
  count = count + 1
  local path = directory .. '/' .. count
  peers.write(path, content)
  return path
end

local function mode(digits, path)
  assert(select(2, peers.run({ 'chmod', digits, path })) == 0)
  return path
end

local function link(path)
  assert(select(2, peers.run({ 'ln', '-s', path, path .. '.link' })) == 0)
  return path .. '.link'
end

local function read(path)
  return peers.read(path)
end

-- A key encrypted with the passphrase 'secret', as a path.
local function encrypted(key, format)
  local path = directory .. '/encrypted.' .. format
  local words = format == 'pkcs8' and { 'pkcs8', '-topk8' } or { 'ec', '-aes256' }
  local output, status = peers.run({ 'openssl', words[1], words[2], '-in', key, '-out', path, '-passout',
    'pass:secret' })
  assert(status == 0, output)
  return path
end

-- PEM with a byte in its middle that is none of base64, and PEM that ends too early.
local function spoilt(pem)
  local middle = math.floor(#pem / 2)
  return pem:sub(1, middle) .. '*' .. pem:sub(middle + 2)
end

local function cut(pem)
  return pem:sub(1, math.floor(#pem / 2))
end

-- Good for both roles, and nothing in it is usual.
local function settled()
  return secure.config({
    set_ca_file = ca.cert, set_keypair_file = { made.cert, made.key }, set_protocols = 'tlsv1.2', set_alpn = 'odd',
    set_ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384', set_ecdhecurves = 'P-256', set_verify_depth = 3,
    set_session_lifetime = 100,
  })
end

local function assert_settled(config)
  local client, connection = contexts.connection(config, config)
  assert.equal('odd', client:conn_alpn_selected())
  assert.equal('TLSv1.2', client:conn_version())
  assert.equal('ECDHE-ECDSA-AES256-GCM-SHA384', client:conn_cipher())
  assert.equal('CN=server', client:peer_cert_subject())
  assert.is_false(connection:peer_cert_provided())
end

-- By setter: what it refuses, and what it says. The arguments are texts, or functions that give a list of them.
local refused = {
  set_ca = {
    { '', 'TLS_CONFIG', 'no certificate' }, { 'x', 'TLS_CONFIG', 'no certificate' },
    { function() return { read(made.key) } end, 'TLS_CONFIG', 'no certificate' },
    { function() return { spoilt(read(ca.cert)) } end, 'TLS_CONFIG' },
    { function() return { cut(read(ca.cert)) } end, 'TLS_CONFIG' },
    { function() return { read(ca.cert) .. spoilt(read(ca.cert)) } end, 'TLS_CONFIG' },
  },
  set_ca_file = {
    { '', 'ENOENT' }, { '/none', 'ENOENT', '/none' }, { '/', 'EISDIR' },
    { function() return { made.key } end, 'TLS_CONFIG', 'no certificate' },
  },
  set_ca_path = { { '', 'ENOENT' }, { '/none', 'ENOENT', '/none' }, { '/dev/null', 'ENOTDIR' } },
  set_crl = {
    { '', 'TLS_CONFIG', 'no revocation list' },
    { function() return { read(ca.cert) } end, 'TLS_CONFIG', 'no revocation list' },
    { function() return { spoilt(ca:crl()) } end, 'TLS_CONFIG' },
  },
  set_crl_file = {
    { '/none', 'ENOENT', '/none' },
    { function() return { file(cut(ca:crl())) } end, 'TLS_CONFIG' },
  },
  set_cert = {
    { '', 'TLS_CONFIG', 'no certificate' },
    { function() return { spoilt(read(another.cert)) } end, 'TLS_CONFIG', 'damaged: ' },
    { function() return { read(another.cert) .. cut(read(ca.cert)) } end, 'TLS_CONFIG' },
  },
  set_cert_file = {
    { '/none', 'ENOENT', '/none' },
    { function() return { file(spoilt(read(another.cert))) } end, 'TLS_CONFIG' },
  },
  set_key = {
    { '', 'TLS_CONFIG', 'no private key' },
    { function() return { read(made.cert) } end, 'TLS_CONFIG', 'no private key' },
    { function() return { spoilt(read(another.key)) } end, 'TLS_CONFIG' },
    { function() return { read(encrypted(another.key, 'pkcs8')) } end, 'TLS_CONFIG', 'give its passphrase' },
    { function() return { read(encrypted(another.key, 'pkcs8')), '' } end, 'TLS_CONFIG', 'give its passphrase' },
    { function() return { read(encrypted(another.key, 'pkcs8')), 'x' } end, 'TLS_CONFIG', 'passphrase is wrong' },
    { function() return { read(encrypted(another.key, 'ec')), 'x' } end, 'TLS_CONFIG', 'passphrase is wrong' },
    { function() return { read(encrypted(another.key, 'ec')), ('x'):rep(5000) } end, 'TLS_CONFIG', 'wrong' },
  },
  set_key_file = {
    { '/none', 'ENOENT', '/none' },
    { function() return { encrypted(another.key, 'ec') } end, 'TLS_CONFIG', 'give its passphrase' },
    { function() return { encrypted(another.key, 'ec'), 'x' } end, 'TLS_CONFIG', 'passphrase is wrong' },
  },
  set_ocsp_staple = { { '', 'TLS_CONFIG' }, { 'x', 'TLS_CONFIG' } },
  set_ocsp_staple_file = { { '/none', 'ENOENT', '/none' }, { '/dev/null', 'TLS_CONFIG', '/dev/null' } },
  set_ciphers = {
    { '', 'TLS_CONFIG' }, { 'NONE-SUCH', 'TLS_CONFIG', "'NONE-SUCH'" }, { 'TLS_NONE_SUCH', 'TLS_CONFIG' },
    { 'TLS_AES_128_GCM_SHA256:NONE-SUCH', 'TLS_CONFIG' }, { ':', 'TLS_CONFIG' },
  },
  set_ecdhecurves = {
    { '', 'TLS_CONFIG' }, { 'P-1', 'TLS_CONFIG', "'P-1'" }, { 'P-256:P-1', 'TLS_CONFIG' }, { ':', 'TLS_CONFIG' },
  },
  set_dheparams = { { '', 'TLS_CONFIG' }, { 'x', 'TLS_CONFIG' } },
  set_alpn = {
    { ',', 'TLS_CONFIG' }, { 'h2,', 'TLS_CONFIG' }, { ',h2', 'TLS_CONFIG' }, { ('x'):rep(256), 'TLS_CONFIG' },
    { ('x'):rep(250) .. (',' .. ('x'):rep(250)):rep(262), 'TLS_CONFIG' },
  },
  set_protocols = {
    { '', 'TLS_CONFIG' }, { 'sslv3', 'TLS_CONFIG' }, { 'tlsv1.2,', 'TLS_CONFIG' }, { 'all,!all', 'TLS_CONFIG' },
    { 0, 'TLS_CONFIG' }, { 1, 'TLS_CONFIG' }, { 64, 'TLS_CONFIG' },
  },
  set_session_id = { { ('x'):rep(33), 'TLS_CONFIG' } },
  set_session_lifetime = { { -1, 'TLS_CONFIG' }, { 86401, 'TLS_CONFIG' } },
  set_verify_depth = { { -1, 'TLS_CONFIG' }, { 101, 'TLS_CONFIG' } },
  set_session_fd = { { 999, 'EBADF' } },
  set_keylog_file = {
    { '', 'ENOENT' }, { '/none/x', 'ENOENT', '/none/x' }, { '/', 'EISDIR' },
    { function() return { mode('640', file('')) } end, 'EPERM', 'nobody else can read' },
    { function() return { link(mode('600', file(''))) } end, 'ELOOP' },
    { '/dev/null', 'EPERM' },
  },
  add_ticket_key = {
    { function() return { 1, '' } end, 'TLS_CONFIG', '48 bytes' },
    { function() return { 1, ('x'):rep(47) } end, 'TLS_CONFIG', '48 bytes' },
    { function() return { 1, ('x'):rep(49) } end, 'TLS_CONFIG', '48 bytes' },
  },
}

for _, name in ipairs({ 'set_keypair', 'add_keypair' }) do
  refused[name] = {
    { function() return { '', '' } end, 'TLS_CONFIG', 'no certificate' },
    { function() return { read(another.cert), '' } end, 'TLS_CONFIG', 'no private key' },
    { function() return { read(another.cert), read(made.key) } end, 'TLS_CONFIG', 'the key does not belong' },
    { function() return { read(another.cert), read(another.key), 'x' } end, 'TLS_CONFIG', 'no OCSP response' },
    { function() return { read(another.cert), read(encrypted(another.key, 'pkcs8')), nil, 'x' } end, 'TLS_CONFIG',
      'passphrase is wrong' },
  }
  refused[name .. '_file'] = {
    { function() return { '/none', another.key } end, 'ENOENT', '/none' },
    { function() return { another.cert, '/none' } end, 'ENOENT', '/none' },
    { function() return { another.cert, another.key, '/none' } end, 'ENOENT', '/none' },
    { function() return { another.cert, made.key } end, 'TLS_CONFIG', '.key: the key does not belong' },
    { function() return { file(spoilt(read(another.cert))), made.key } end, 'TLS_CONFIG', ': damaged' },
    { function() return { another.cert, encrypted(another.key, 'pkcs8') } end, 'TLS_CONFIG', 'give its passphrase' },
  }
end

describe('What is wrong is refused and changes nothing:', function()
  for name, rows in pairs(refused) do
    it(name, function()
      local config = settled()
      for _, row in ipairs(rows) do
        local arguments = type(row[1]) == 'function' and row[1]() or { row[1] }
        local ok, err = config[name](config, unpack(arguments, 1, 4))
        assert.is_nil(ok)
        local kind, op, says = err:match('^%[([%u_]+):%d+%]%[([%w_]+)%] (.+)$')
        assert.equal(row[2], kind, err)
        assert.equal(name, op, err)
        assert.is_truthy(says:find(row[3] or '', 1, true), err)
      end
      assert_settled(config)
    end)
  end
end)

-- Arguments of wrong types, the position of the wrong one, and what the error says of it.
local wrong = {
  set_ca = { { {}, 1, 'string expected, got nil' }, { { 1 }, 1, 'string expected, got number' } },
  set_ca_file = { { { {} }, 1, 'string expected, got table' }, { { 'a\0b' }, 1, 'string contains NUL' } },
  set_ca_path = { { { 'a\0b' }, 1, 'string contains NUL' } },
  set_crl = { { { true }, 1, 'string expected, got boolean' } },
  set_crl_file = { { { 'a\0b' }, 1, 'string contains NUL' } },
  set_cert = { { { {} }, 1, 'string expected, got table' } },
  set_cert_file = { { { 'a\0b' }, 1, 'string contains NUL' } },
  set_key = { { {}, 1, 'string expected, got nil' }, { { '', 1 }, 2, 'string expected, got number' } },
  set_key_file = { { { 'a\0b' }, 1, 'string contains NUL' }, { { 'a', {} }, 2, 'string expected, got table' } },
  set_keypair = {
    { { 'a' }, 2, 'string expected, got nil' }, { { 'a', 'b', 1 }, 3, 'string expected, got number' },
    { { n = 4, 'a', 'b', nil, 1 }, 4, 'string expected, got number' },
  },
  set_keypair_file = {
    { { 'a\0b', 'a' }, 1, 'string contains NUL' }, { { 'a', 'a\0b' }, 2, 'string contains NUL' },
    { { 'a', 'b', 'a\0b' }, 3, 'string contains NUL' },
  },
  add_keypair = { { { 'a', 1 }, 2, 'string expected, got number' } },
  add_keypair_file = { { { 'a', 1 }, 2, 'string expected, got number' } },
  set_ocsp_staple = { { { 1 }, 1, 'string expected, got number' } },
  set_ocsp_staple_file = { { { 'a\0b' }, 1, 'string contains NUL' } },
  set_ciphers = { { { {} }, 1, 'string expected, got table' } },
  set_ecdhecurves = { { { {} }, 1, 'string expected, got table' } },
  set_dheparams = { { { true }, 1, 'string expected, got boolean' } },
  set_alpn = { { { { 'h2' } }, 1, 'string expected, got table' } },
  set_protocols = { { { {} }, 1, 'integer expected, got table' }, { { -1 }, 1, 'out of range (0 to 2147483647)' } },
  set_session_id = { { {}, 1, 'string expected, got nil' } },
  set_session_lifetime = { { { 'x' }, 1, 'integer expected, got string' } },
  set_verify_depth = { { {}, 1, 'integer expected, got nil' } },
  set_session_fd = { { { {} }, 1, 'integer expected, got table' } },
  set_keylog_file = { { { 'a\0b' }, 1, 'string contains NUL' } },
  add_ticket_key = {
    { { -1, 'x' }, 1, 'out of range (0 to 4294967295)' }, { { 1, 2 }, 2, 'string expected, got number' },
  },
}

describe('Arguments of wrong types are told by their place:', function()
  for name, rows in pairs(wrong) do
    it(name, function()
      for _, row in ipairs(rows) do
        modes.refuses(tls.config.new(), name, row[1], row[2], row[3])
      end
    end)
  end

  it('those of the functions', function()
    modes.function_refuses(tls, 'client', { {} }, 1, 'net.tls.config expected, got table')
    modes.function_refuses(tls, 'server', {}, 1, 'net.tls.config expected, got nil')
  end)
end)

describe('A passphrase', function()
  it('opens keys, from texts and files', function()
    for _, format in ipairs({ 'pkcs8', 'ec' }) do
      local path = encrypted(another.key, format)
      local cert, key = read(another.cert), read(path)
      for _, settings in ipairs({
        { set_key = { key, 'secret' }, set_cert = cert },
        { set_key_file = { path, 'secret' }, set_cert_file = another.cert },
        { set_keypair = { cert, key, '', 'secret' } },
        { add_keypair = { cert, key, '', 'secret' } },
        { set_key = { read(another.key), 'needless' }, set_cert = cert },
      }) do
        local client = contexts.connection(nil, secure.config(settings))
        assert.equal('CN=another', client:peer_cert_subject())
      end
      for _, name in ipairs({ 'set_keypair_file', 'add_keypair_file' }) do
        local config = tls.config.new()
        assert(config[name](config, another.cert, path, nil, 'secret'))
        assert.equal('CN=another', contexts.connection(nil, config):peer_cert_subject())
      end
    end
  end)

  peers.it({ 'script' })('that is missing is asked for at no terminal', function()
    local path = program.file([[
      local tls = require('net.tls')
      print(select(2, tls.config.new():set_key_file(arg[1])))
      print(select(2, tls.load_file(arg[1], 'x')))
      print('end')
    ]])
    local command = ('%s %s %s'):format(program.quoted(program.interpreter()), program.quoted(path),
      program.quoted(encrypted(another.key, 'pkcs8')))
    local pipe = io.popen(('timeout 20 script -qec %s /dev/null </dev/null'):format(program.quoted(command)))
    local said = pipe:read('*a'):gsub('\r', '')
    pipe:close()
    os.remove(path)
    assert.is_truthy(said:find("^[^\n]*give its passphrase\n[^\n]*the passphrase is wrong\nend\n"), said)
  end)
end)

describe('load_file', function()
  it('gives files as they are, and keys decrypted', function()
    assert.is_true(read(ca.cert) == tls.load_file(ca.cert))
    local path = encrypted(another.key, 'pkcs8')
    assert.is_true(read(path) == tls.load_file(path))
    local key = assert(tls.load_file(path, 'secret'))
    assert.is_nil(key:find('ENCRYPTED'))
    assert(tls.config.new():set_keypair(read(another.cert), key))
  end)

  it('says which file it cannot give', function()
    for _, row in ipairs({ { '/none', nil, 'ENOENT' }, { '/', nil, 'EISDIR' }, { '', nil, 'ENOENT' },
      { ca.cert, 'secret', 'TLS_CONFIG' }, { encrypted(another.key, 'ec'), 'x', 'TLS_CONFIG' } }) do
      local text, err = tls.load_file(row[1], row[2])
      assert.is_nil(text)
      assert.equal(row[3], err:match('^%[([%u_]+):%d+%]%[load_file%] '), err)
      assert.is_truthy(err:find(row[1], 1, true), err)
    end
  end)
end)

describe('Keys', function()
  it('that do not fit are told when they are used', function()
    for _, settings in ipairs({
      { set_cert_file = another.cert, set_key_file = made.key, set_ca_file = ca.cert },
      { set_cert_file = another.cert },
      { set_key_file = another.key },
    }) do
      for _, role in ipairs({ 'client', 'server' }) do
        local context, err = tls[role](secure.config(settings))
        assert.is_nil(context)
        assert.is_truthy(err:find(('^%%[TLS_CONFIG:%%d+%%]%%[%s%%] '):format(role)), err)
      end
    end
  end)

  it('that were cleared are missing, but not to contexts that have them', function()
    local config = secure.server_config({ add_ticket_key = { 1, ('k'):rep(48) } })
    assert(config:add_keypair_file(another.cert, another.key))
    local before = assert(tls.server(config))
    assert.is_true(config:clear_keys())
    local context, err = tls.server(config)
    assert.is_nil(context)
    assert.is_truthy(err:find('a certificate without its key', 1, true), err)
    local near, far = loops.pair()
    local client = assert(tls.client(secure.client_config()))
    assert(client:connect_socket(near:fd(), 'localhost'))
    assert.same({}, { contexts.handshake(client, assert(before:accept_socket(far:fd()))) })
    config = secure.server_config()
    config:clear_keys()
    assert(config:set_key_file(made.key))
    contexts.connection(nil, config)
  end)
end)

describe('A configuration that changes', function()
  it('is for contexts that are made then', function()
    local server_config, client_config = secure.server_config(), secure.client_config({ set_alpn = 'old,new' })
    assert(server_config:set_alpn('old'))
    local server, client = assert(tls.server(server_config)), assert(tls.client(client_config))
    local connected, connection = contexts.connection(client_config, server_config)
    assert(server_config:set_alpn('new'))
    assert(server_config:set_keypair_file(another.cert, another.key))
    assert(client_config:set_protocols('tlsv1.2'))
    -- Contexts, and connections, from before.
    local near, far = loops.pair()
    assert(client:connect_socket(near:fd(), 'localhost'))
    assert.same({}, { contexts.handshake(client, assert(server:accept_socket(far:fd()))) })
    for _, each in ipairs({ client, connected }) do
      assert.equal('old', each:conn_alpn_selected())
      assert.equal('TLSv1.3', each:conn_version())
      assert.equal('CN=server', each:peer_cert_subject())
    end
    assert.equal(2, connection:write('ok'))
    assert.equal('ok', connected:read())
    -- Those that come.
    local later = contexts.connection(client_config, server_config)
    assert.equal('new', later:conn_alpn_selected())
    assert.equal('TLSv1.2', later:conn_version())
    assert.equal('CN=another', later:peer_cert_subject())
  end)
end)
