-- SPDX-License-Identifier: MIT
-- Stapled OCSP responses: which a client accepts, and what it can ask about them.
local authority = require('authority')
local contexts = require('contexts')
local loop = require('net.loop')
local loops = require('loops')
local peers = require('peers')
local secure = require('secure')
local staples = require('staples')

local NOTHING = secure.NOTHING
local DAY = 86400
local GOOD, REVOKED, UNKNOWN = 0, 1, 2 -- of openssl/ocsp.h
local SUCCESSFUL, TRY_LATER, KEY_COMPROMISE = 0, 3, 1

after_each(loops.assert_idle)

local ca, other, good, revoked

setup(function()
  ca, other = secure.authority(), authority.new('Another CA')
  good, revoked = ca:issue(), ca:issue()
  ca:sign('-revoke', revoked.cert, '-crl_reason', 'keyCompromise')
end)

local function responder(usage)
  return ca:issue({
    name = 'responder', san = false,
    extensions = { 'basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=' .. usage },
  })
end

local function signed_by(made)
  return ca:ocsp(good, '-ndays', '1', '-rsigner', made.cert, '-rkey', made.key)
end

-- By what the response is: the name of the error or false, a function that gives it (of the certificate `good` unless
-- it gives another as well), and what the client is told: response_status, cert_status and crl_reason.
local stapled = {
  ['good'] = { false, function()
    return ca:ocsp(good, '-ndays', '1')
  end, { SUCCESSFUL, GOOD } },
  ['good, and does not say until when'] = { false, function()
    return ca:ocsp(good)
  end, { SUCCESSFUL, GOOD } },
  ['good, and signed by whom the authority told to'] = { false, function()
    return signed_by(responder('OCSPSigning'))
  end, { SUCCESSFUL, GOOD } },
  ['of one that was revoked'] = { 'CERT_REVOKED', function()
    return ca:ocsp(revoked, '-ndays', '1'), revoked
  end, { SUCCESSFUL, REVOKED, KEY_COMPROMISE } },
  ['too old'] = { 'OCSP_HAS_EXPIRED', function()
    return staples.moved(ca:ocsp(good, '-ndays', '1'), -2 * DAY, ca.key)
  end, { SUCCESSFUL, GOOD } },
  ['of weeks ago, and does not say until when'] = { 'OCSP_HAS_EXPIRED', function()
    return staples.moved(ca:ocsp(good), -15 * DAY, ca.key)
  end, { SUCCESSFUL, GOOD } },
  ['of tomorrow'] = { 'OCSP_NOT_YET_VALID', function()
    return staples.moved(ca:ocsp(good, '-ndays', '1'), DAY, ca.key)
  end, { SUCCESSFUL, GOOD } },
  ['unknown'] = { 'OCSP_CERT_UNKNOWN', function()
    local nobody = peers.directory() .. '/index.txt'
    peers.write(nobody, '')
    return ca:ocsp(good, '-ndays', '1', '-index', nobody)
  end, { SUCCESSFUL, UNKNOWN } },
  ['of another certificate'] = { 'OCSP_CERT_UNKNOWN', function()
    return ca:ocsp(ca:issue(), '-ndays', '1')
  end, { SUCCESSFUL, UNKNOWN } },
  ['signed by a stranger'] = { 'OCSP_VERIFY_FAILED', function()
    return signed_by(other)
  end, { SUCCESSFUL } },
  ['signed by one who may not'] = { 'OCSP_VERIFY_FAILED', function()
    return signed_by(responder('serverAuth'))
  end, { SUCCESSFUL } },
  ['signed by the server itself'] = { 'OCSP_VERIFY_FAILED', function()
    return signed_by(good)
  end, { SUCCESSFUL } },
  ['signed badly'] = { 'OCSP_VERIFY_FAILED', function()
    return ca:ocsp(good, '-ndays', '1', '-badsig')
  end, { SUCCESSFUL } },
  ['changed after it was signed'] = { 'OCSP_VERIFY_FAILED', function()
    return staples.moved(ca:ocsp(good, '-ndays', '1'), -60, other.key)
  end, { SUCCESSFUL } },
  ['garbage'] = { 'OCSP_VERIFY_FAILED', function()
    return staples.response(SUCCESSFUL, 'garbage')
  end, { SUCCESSFUL } },
  ['successful without an answer'] = { 'OCSP_VERIFY_FAILED', function()
    return staples.response(SUCCESSFUL)
  end, { SUCCESSFUL } },
}

local function server_with(made, staple)
  local config = secure.config({ set_keypair_file = { made.cert, made.key } })
  assert(not staple or config:set_ocsp_staple(staple))
  return config
end

-- Asserts which error it is, and that the peer is told that the response was refused.
local function assert_refused(name, err, of_server)
  assert.is_string(err, 'it was accepted')
  assert.equal(name, err:match('^%[([%u_]+):%d+%]%[handshake%] '), err)
  assert.is_truthy(err:find("depth 0, subject 'CN=[^']+', issuer 'CN=[^']+', name 'localhost', alert "), err)
  assert.is_truthy(of_server:find('^%[ALERT_BAD_CERTIFICATE_STATUS_RESPONSE:%d+%]%[handshake%] '), of_server)
end

for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
  local function handshake(made, staple, client)
    client = client or {}
    client.set_protocols = version
    local one, two = contexts.pair(secure.client_config(client), server_with(made, staple))
    return one, contexts.handshake(one, two)
  end

  describe('A client of ' .. version .. ', with a response that is', function()
    for what, row in pairs(stapled) do
      it(('%s, %s'):format(what, row[1] and 'refuses the server' or 'accepts the server'), function()
        local staple, made = row[2]()
        for _, required in ipairs({ {}, { ocsp_require_stapling = NOTHING } }) do
          local client, err, of_server = handshake(made or good, staple, required)
          if row[1] then
            assert_refused(row[1], err, of_server)
            local result = client:peer_ocsp_result()
            assert.is_truthy(err:find(result, 1, true), result)
          else
            assert.is_nil(err)
            assert.is_nil(of_server)
            assert.equal('good', client:peer_ocsp_result())
          end
          local told = row[3]
          assert.equal(told[1], client:peer_ocsp_response_status())
          assert.equal(told[2], client:peer_ocsp_cert_status())
          assert.equal(told[3], client:peer_ocsp_crl_reason())
        end
      end)
    end
  end)

  describe('A client of ' .. version, function()
    it('accepts a server without a response unless it requires one', function()
      local client, err = handshake(good)
      assert.is_nil(err)
      for _, name in ipairs({ 'response_status', 'cert_status', 'crl_reason', 'revocation_time', 'this_update',
        'next_update', 'result' }) do
        assert.is_nil(client['peer_ocsp_' .. name](client))
      end
      local _, refusal, of_server = handshake(good, nil, { ocsp_require_stapling = NOTHING })
      assert_refused('OCSP_VERIFY_NEEDED', refusal, of_server)
    end)

    it('takes a response that says to try later as none', function()
      local later = staples.response(TRY_LATER)
      local client, err = handshake(good, later)
      assert.is_nil(err)
      assert.equal(TRY_LATER, client:peer_ocsp_response_status())
      assert.is_nil(client:peer_ocsp_cert_status())
      assert.is_nil(client:peer_ocsp_result())
      local _, refusal, of_server = handshake(good, later, { ocsp_require_stapling = NOTHING })
      assert_refused('OCSP_VERIFY_NEEDED', refusal, of_server)
    end)

    it('that verifies no certificates has no use for responses', function()
      local staple = ca:ocsp(revoked, '-ndays', '1')
      local client, err = handshake(revoked, staple, { insecure_noverifycert = NOTHING })
      assert.is_nil(err)
      assert.is_nil(client:peer_ocsp_result())
    end)

    it('that verifies no certificates requires one nevertheless, if it is told to', function()
      local client = { insecure_noverifycert = NOTHING, ocsp_require_stapling = NOTHING }
      local _, err, of_server = handshake(good, nil, client)
      assert_refused('OCSP_VERIFY_NEEDED', err, of_server)
      local _, none = handshake(good, ca:ocsp(good, '-ndays', '1'), client)
      assert.is_nil(none)
    end)

    it('that does not mind the time of certificates minds that of responses no more', function()
      local client = { insecure_noverifytime = NOTHING }
      local old = staples.moved(ca:ocsp(good, '-ndays', '1'), -2 * DAY, ca.key)
      local accepting, none = handshake(good, old, client)
      assert.is_nil(none)
      assert.equal('good', accepting:peer_ocsp_result())
      local _, err, of_server = handshake(revoked, ca:ocsp(revoked), client)
      assert_refused('CERT_REVOKED', err, of_server)
    end)

    it('is told when a response is good, and since when the certificate is not', function()
      local now = os.time()
      local function near(time)
        assert.is_true(math.abs(time - now) < 300, tostring(time))
      end
      local client = handshake(good, ca:ocsp(good, '-ndays', '1'))
      near(client:peer_ocsp_this_update())
      assert.equal(DAY, client:peer_ocsp_next_update() - client:peer_ocsp_this_update())
      assert.is_nil(client:peer_ocsp_revocation_time())
      client = handshake(revoked, ca:ocsp(revoked))
      near(client:peer_ocsp_revocation_time())
      assert.is_nil(client:peer_ocsp_next_update())
    end)

    it('gets the response of the keypair that its name chooses', function()
      local second = ca:issue({ san = 'DNS:second.example' })
      local third = ca:issue({ san = 'DNS:third.example' })
      local staple = peers.directory() .. '/staple'
      peers.write(staple, ca:ocsp(second, '-ndays', '2'))
      local server = server_with(good, ca:ocsp(good, '-ndays', '1'))
      assert(server:add_keypair_file(second.cert, second.key, staple))
      assert(server:add_keypair_file(third.cert, third.key))
      local function visit(name)
        local client, connection = contexts.connection(secure.client_config({ set_protocols = version }), server, name)
        return client, connection
      end
      for name, days in pairs({ localhost = 1, ['second.example'] = 2 }) do
        local client = visit(name)
        assert.equal('good', client:peer_ocsp_result())
        assert.equal(days * DAY, client:peer_ocsp_next_update() - client:peer_ocsp_this_update())
      end
      assert.is_nil(visit('third.example'):peer_ocsp_result())
    end)
  end)
end

describe('Of OCSP', function()
  it('clients know where the issuer answers, if the certificate says so', function()
    assert.is_nil(contexts.connection():peer_ocsp_url())
    local url = 'http://ocsp.example.com/x'
    local made = ca:issue({
      extensions = { 'basicConstraints=critical,CA:FALSE', 'authorityInfoAccess=OCSP;URI:' .. url },
    })
    assert.equal(url, contexts.connection(nil, server_with(made)):peer_ocsp_url())
  end)

  it('a configuration takes responses only, from texts and files', function()
    local config = server_with(good, ca:ocsp(good, '-ndays', '1'))
    local path = peers.directory() .. '/staple'
    peers.write(path, 'no response')
    for _, row in ipairs({ { 'set_ocsp_staple', '' }, { 'set_ocsp_staple', 'x' }, { 'set_ocsp_staple_file', path } }) do
      local ok, err = config[row[1]](config, row[2])
      assert.is_nil(ok)
      assert.is_truthy(err:find('^%[TLS_CONFIG:%d+%]%[set_ocsp_staple.*no OCSP response'), err)
    end
    assert.equal('good', contexts.connection(nil, config):peer_ocsp_result())
    peers.write(path, ca:ocsp(good, '-ndays', '3'))
    assert(config:set_ocsp_staple_file(path))
    local client = contexts.connection(nil, config)
    assert.equal(3 * DAY, client:peer_ocsp_next_update() - client:peer_ocsp_this_update())
    -- Another keypair is without it.
    assert(config:set_keypair_file(good.cert, good.key))
    assert.is_nil(contexts.connection(nil, config):peer_ocsp_result())
  end)

  it('streams say what was wrong with the response', function()
    loops.run(function()
      local server, port = secure.listener(server_with(revoked, ca:ocsp(revoked)))
      local told
      function server.handshakeFailed(_, err)
        told = err
        loop.later()
      end
      local accepting = loop.spawn(server.accept, server)
      local sock, err = secure.connect(port)
      assert.is_nil(sock)
      while not told do
        loop.later()
      end
      assert_refused('CERT_REVOKED', err, told)
      accepting:cancel()
      server:close()
    end)
  end)
end)
