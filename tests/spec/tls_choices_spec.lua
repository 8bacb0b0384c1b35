-- SPDX-License-Identifier: MIT
-- What a server and a client agree on: certificates by name and kind, those of clients, authorities, ciphers,
-- protocols; and the log of their secrets.
local authority = require('authority')
local contexts = require('contexts')
local loops = require('loops')
local peers = require('peers')
local secure = require('secure')
local tls = require('net.tls')

local NOTHING = secure.NOTHING
local DAY = 86400

after_each(loops.assert_idle)

local ca, other

setup(function()
  ca, other = secure.authority(), authority.new('Another CA')
end)

-- Whom a client with these settings sees that asks for this name.
local function seen(server, name, client)
  client = client or {}
  client.insecure_noverifyname = NOTHING
  return contexts.connection(secure.client_config(client), server, name):peer_cert_subject()
end

describe('A server with several keypairs', function()
  local server

  setup(function()
    server = tls.config.new()
    for i, row in ipairs({
      { name = 'first', san = 'DNS:first.example' },
      { name = 'second', san = 'DNS:second.example,DNS:www.second.example' },
      { name = 'wild', san = 'DNS:*.wild.example' },
      { name = 'common.example', san = false },
    }) do
      local made = ca:issue(row)
      assert((i == 1 and server.set_keypair_file or server.add_keypair_file)(server, made.cert, made.key))
    end
  end)

  for name, subject in pairs({
    ['first.example'] = 'first',
    ['second.example'] = 'second',
    ['SECOND.Example'] = 'second',
    ['www.second.example'] = 'second',
    ['a.wild.example'] = 'wild',
    ['common.example'] = 'common.example',
    -- For these there is none, and so it is the first.
    ['wild.example'] = 'first',
    ['a.b.wild.example'] = 'first',
    ['other.example'] = 'first',
    ['127.0.0.1'] = 'first',
  }) do
    it(('shows the certificate for %s'):format(name), function()
      for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
        assert.equal('CN=' .. subject, seen(server, name, { set_protocols = version }))
      end
    end)
  end

  it('has no first among those that were only added, but takes one', function()
    local config = tls.config.new()
    local made = ca:issue({ name = 'only', san = 'DNS:only.example' })
    assert(config:add_keypair_file(made.cert, made.key))
    assert.equal('CN=only', seen(config, 'other.example'))
  end)

  it('takes of several for a name the kind that the client can use', function()
    local rsa, ecdsa = ca:issue({ name = 'rsa', key = 'rsa' }), ca:issue({ name = 'ecdsa' })
    local config = secure.config({
      set_keypair_file = { rsa.cert, rsa.key }, add_keypair_file = { ecdsa.cert, ecdsa.key },
    })
    for kind, ciphers in pairs({ rsa = 'ECDHE-RSA-AES128-GCM-SHA256', ecdsa = 'ECDHE-ECDSA-AES128-GCM-SHA256' }) do
      assert.equal('CN=' .. kind, seen(config, 'localhost', { set_protocols = 'tlsv1.2', set_ciphers = ciphers }))
    end
  end)

  it('sends the chain of the one that it chose', function()
    local between = ca:below('Intermediate CA')
    local made, plain = between:issue({ name = 'chained', san = 'DNS:chained.example' }), secure.certificate()
    local config = secure.config({
      set_keypair_file = { plain.cert, plain.key }, add_keypair_file = { between:with_chain(made), made.key },
    })
    for name, count in pairs({ localhost = 1, ['chained.example'] = 2 }) do
      local client = contexts.connection(nil, config, name)
      assert.equal(count, select(2, client:peer_cert_chain_pem():gsub('BEGIN CERTIFICATE', '')))
    end
  end)
end)

describe('Ciphers and groups', function()
  local AES, CHACHA = 'ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-CHACHA20-POLY1305'

  -- The cipher of a connection; or nil and what the client says.
  local function cipher(client, server)
    local one, two = contexts.pair(secure.client_config(client), secure.server_config(server))
    local err = contexts.handshake(one, two)
    return not err and one:conn_cipher() or nil, err
  end

  it('of TLS 1.3 are those that one of both asks for', function()
    for _, suite in ipairs({ 'TLS_CHACHA20_POLY1305_SHA256', 'TLS_AES_128_GCM_SHA256' }) do
      assert.equal(suite, cipher({ set_ciphers = suite }))
      assert.equal(suite, cipher(nil, { set_ciphers = suite }))
    end
    local _, err = cipher({ set_ciphers = 'TLS_AES_128_GCM_SHA256' }, { set_ciphers = 'TLS_AES_256_GCM_SHA384' })
    assert.is_truthy(err:find('^%[ALERT_HANDSHAKE_FAILURE:'), err)
  end)

  it('of TLS 1.2 are chosen by the server, or by the client if the server prefers that', function()
    local client = { set_protocols = 'tlsv1.2', set_ciphers = CHACHA .. ':' .. AES }
    local both = AES .. ':' .. CHACHA
    assert.equal(AES, cipher(client, { set_ciphers = both }))
    assert.equal(CHACHA, cipher(client, { set_ciphers = both, prefer_ciphers_client = NOTHING }))
    local config = secure.server_config({ set_ciphers = both, prefer_ciphers_client = NOTHING })
    assert(config:prefer_ciphers_server())
    assert.equal(AES, contexts.connection(secure.client_config(client), config):conn_cipher())
  end)

  it('must be common to both', function()
    assert.is_string(cipher({ set_ecdhecurves = 'P-384' }, { set_ecdhecurves = 'X25519:P-384' }))
    local _, err = cipher({ set_ecdhecurves = 'P-384' }, { set_ecdhecurves = 'X25519' })
    assert.is_truthy(err:find('^%[ALERT_HANDSHAKE_FAILURE:'), err)
  end)

  it('without elliptic curves need parameters', function()
    local made = ca:issue({ key = 'rsa' })
    local client = { set_protocols = 'tlsv1.2', set_ciphers = 'DHE-RSA-AES128-GCM-SHA256' }
    local server = { set_keypair_file = { made.cert, made.key }, set_ciphers = 'DHE-RSA-AES128-GCM-SHA256' }
    local _, err = cipher(client, server)
    assert.is_truthy(err:find('^%[ALERT_HANDSHAKE_FAILURE:'), err)
    server.set_dheparams = 'auto'
    assert.equal('DHE-RSA-AES128-GCM-SHA256', cipher(client, server))
  end)
end)

describe('A client', function()
  local function says(client, made)
    local server = made and secure.config({ set_keypair_file = { made.cert, made.key } }) or secure.server_config()
    return (contexts.handshake(contexts.pair(client, server)))
  end

  it('trusts the authorities of a directory', function()
    local directory = peers.directory()
    local config = secure.config({ set_ca_path = directory })
    assert.is_truthy(says(config):find('^%[UNABLE_TO_GET_ISSUER'))
    peers.write(directory .. '/ca.pem', peers.read(ca.cert))
    assert(select(2, peers.run({ 'openssl', 'rehash', directory })) == 0)
    assert.is_nil(says(config))
  end)

  it('refuses what the lists of a file revoke', function()
    local made = ca:issue()
    ca:revoke(made)
    local path = peers.directory() .. '/crl.pem'
    peers.write(path, ca:crl())
    local config = secure.client_config({ set_crl_file = path })
    assert.is_nil(says(config))
    assert.is_truthy(says(config, made):find('^%[CERT_REVOKED:'))
  end)

  it('needs a list of the authority, if it has any', function()
    local config = secure.client_config({ set_crl = other:crl() })
    assert.is_truthy(says(config):find('^%[UNABLE_TO_GET_CRL:'))
  end)

  it('needs a list of today, if time counts', function()
    local old, of_tomorrow = ca:crl(-2 * DAY, -DAY), ca:crl(DAY, 2 * DAY)
    assert.is_truthy(says(secure.client_config({ set_crl = old })):find('^%[CRL_HAS_EXPIRED:'))
    assert.is_truthy(says(secure.client_config({ set_crl = of_tomorrow })):find('^%[CRL_NOT_YET_VALID:'))
    assert.is_nil(says(secure.client_config({ set_crl = old, insecure_noverifytime = NOTHING })))
  end)

  it('verifies again what it was told not to', function()
    local made = ca:issue({ san = 'DNS:example.com', from = -2 * DAY, to = -DAY })
    local config = secure.client_config({
      insecure_noverifycert = NOTHING, insecure_noverifyname = NOTHING, insecure_noverifytime = NOTHING,
    })
    assert.is_nil(says(config, made))
    assert(config:verify())
    assert.is_truthy(says(config, made):find('^%[%u'))
    assert.is_nil(says(config))
  end)
end)

describe('Contexts of clients without authorities of their own', function()
  it('trust those of the system, as its files are when they are made', function()
    local made, directory, path = secure.certificate(), peers.directory(), peers.directory() .. '/authorities.pem'
    local output = loops.output(([[
      local path, directory, ca, cert, key = %q, %q, %q, %q, %q
      local tls = require('net.tls')
      local config = tls.config.new()
      assert(config:set_keypair_file(cert, key))
      local of_server = assert(tls.server(config))
      local function tell()
        local near, far = loops.pair()
        local client, server = assert(tls.client(tls.config.new())), assert(of_server:accept_socket(far:fd()))
        assert(client:connect_socket(near:fd(), 'localhost'))
        local ok, err, again
        repeat
          ok, err, again = client:handshake()
          server:handshake()
        until not again
        print(err or 'trusted')
      end
      tell()
      os.execute(('cp %%s %%s'):format(ca, path))
      tell()
      tell()
      os.remove(path)
      tell()
      local hashed = io.popen('openssl x509 -subject_hash -noout -in ' .. ca):read('*l')
      os.execute(('cp %%s %%s/%%s.0'):format(ca, directory, hashed))
      tell()
      os.remove(('%%s/%%s.0'):format(directory, hashed))
      tell()
    ]]):format(path, directory, secure.authority().cert, made.cert, made.key),
      ('export SSL_CERT_DIR=/none:%s SSL_CERT_FILE=%s'):format(directory, path))
    local lines = {}
    for line in output:gmatch('[^\n]+') do
      lines[#lines + 1] = line:match('^%[([%u_]+)') or line
    end
    local none = 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'
    assert.same({ none, 'trusted', 'trusted', none, 'trusted', none }, lines)
  end)
end)

for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
  describe('A client of ' .. version .. ' is asked for a certificate', function()
    local certificates

    setup(function()
      certificates = {
        good = ca:issue({ name = 'client' }),
        foreign = other:issue({ name = 'client' }),
        expired = ca:issue({ name = 'client', from = -2 * DAY, to = -DAY }),
        ['of a server'] = ca:issue({
          name = 'client', extensions = { 'basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=serverAuth' },
        }),
      }
    end)

    -- By the certificate of the client: what the server says if it is optional and if it is required, and the alert.
    local rows = {
      good = {},
      foreign = { 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'ALERT_UNKNOWN_CA' },
      expired = { 'CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED', 'ALERT_CERTIFICATE_EXPIRED' },
      ['of a server'] = { 'INVALID_PURPOSE', 'INVALID_PURPOSE', 'ALERT_UNSUPPORTED_CERTIFICATE' },
      missing = { nil, 'TLS_PROTOCOL', version == 'tlsv1.2' and 'ALERT_HANDSHAKE_FAILURE'
        or 'ALERT_CERTIFICATE_REQUIRED' },
    }

    -- What the server says, what the client is told, and both.
    local function ask(setting, made)
      local settings = { set_protocols = version }
      settings.set_keypair_file = made and { made.cert, made.key }
      local client, connection = contexts.pair(secure.client_config(settings), secure.server_config({
        set_ca_file = ca.cert, [setting] = NOTHING,
      }))
      local told, err = contexts.handshake(client, connection)
      if not told and err then
        told = select(2, client:read()) -- of TLS 1.3 it comes after the client's handshake
      end
      return err, told, client, connection
    end

    for what, row in pairs(rows) do
      it(('that is %s'):format(what), function()
        for i, setting in ipairs({ 'verify_client_optional', 'verify_client' }) do
          local err, told, _, connection = ask(setting, certificates[what])
          assert.equal(row[i], err and err:match('^%[([%u_]+):%d+%]%[handshake%] '), err)
          assert.equal(row[i] and row[3], told and told:match('^%[([%u_]+):'), told)
          if not err then
            assert.equal(what == 'good', connection:peer_cert_provided())
            assert.equal(what == 'good' and 'CN=client' or nil, connection:peer_cert_subject())
          end
        end
      end)
    end

    it('that was revoked', function()
      local made = ca:issue({ name = 'client' })
      ca:revoke(made)
      local client, connection = contexts.pair(
        secure.client_config({ set_protocols = version, set_keypair_file = { made.cert, made.key } }),
        secure.server_config({ set_ca_file = ca.cert, verify_client = NOTHING, set_crl = ca:crl() }))
      local _, err = contexts.handshake(client, connection)
      assert.is_truthy(err:find('^%[CERT_REVOKED:'), err)
    end)
  end)

  describe('The application protocol of ' .. version, function()
    local function pair(client, server)
      return contexts.pair(secure.client_config({ set_protocols = version, set_alpn = client }),
        secure.server_config({ set_alpn = server }))
    end

    it('is the first of the server that the client speaks', function()
      for _, row in ipairs({
        { 'h2,http/1.1', 'http/1.1', 'http/1.1' }, { 'a,b', 'b,a', 'b' }, { 'a', 'b,a', 'a' },
        { 'a', nil, nil }, { nil, 'a', nil }, { '', 'a', nil }, { 'a', '', nil },
        { ('x'):rep(255), ('x'):rep(255), ('x'):rep(255) },
      }) do
        local client, connection = pair(row[1], row[2])
        assert.same({}, { contexts.handshake(client, connection) })
        assert.equal(row[3], client:conn_alpn_selected())
        assert.equal(row[3], connection:conn_alpn_selected())
      end
    end)

    it('must be one that both speak', function()
      local told, err = contexts.handshake(pair('h2,http/1.1', 'other'))
      assert.is_truthy(told:find('^%[ALERT_NO_APPLICATION_PROTOCOL:%d+%]%[handshake%] '), told)
      assert.is_truthy(err:find('^%[TLS_PROTOCOL:%d+%]%[handshake%] .*alert no_application_protocol$'), err)
    end)
  end)

  it('Both ends log the secrets of ' .. version .. ' for those who ask', function()
    local paths = {}
    for i = 1, 2 do
      paths[i] = peers.directory() .. '/keys'
    end
    local server = secure.server_config({ set_keylog_file = paths[2] })
    for _ = 1, 2 do
      contexts.connection(secure.client_config({ set_protocols = version, set_keylog_file = paths[1] }), server)
    end
    local logs = { loops.sorted_lines(peers.read(paths[1])), loops.sorted_lines(peers.read(paths[2])) }
    assert.same(logs[1], logs[2])
    local labels = {}
    for _, line in ipairs(logs[1]) do
      local label, random, secret = line:match('^([%u%d_]+) (%x+) (%x+)$')
      assert.is_string(label, line)
      assert.equal(64, #random)
      assert.is_true(#secret >= 64)
      labels[label] = (labels[label] or 0) + 1
    end
    local expected = version == 'tlsv1.2' and { CLIENT_RANDOM = 2 } or {
      CLIENT_HANDSHAKE_TRAFFIC_SECRET = 2, SERVER_HANDSHAKE_TRAFFIC_SECRET = 2,
      CLIENT_TRAFFIC_SECRET_0 = 2, SERVER_TRAFFIC_SECRET_0 = 2, EXPORTER_SECRET = 2,
    }
    assert.same(expected, labels)
    for _, path in ipairs(paths) do -- only this user can read it
      assert.is_true(peers.run({ 'stat', '-c', '%a', path }) == '600\n')
    end
  end)
end
