-- SPDX-License-Identifier: MIT
-- Certificates that a client must refuse, each for its reason, and those that it must not.
local authority = require('authority')
local loop = require('net.loop')
local loops = require('loops')
local secure = require('secure')

after_each(loops.assert_idle)

local ca, other, intermediate, old

setup(function()
  ca, other = secure.authority(), authority.new('Another CA')
  intermediate = ca:below('Intermediate CA')
  old = ca:below('Old CA', nil, 'sha1')
end)

-- What a client says when a server has this certificate: its error, and what the server was told.
local function refusal(made, client, options)
  local told
  loops.run(function()
    local server, port = secure.listener(secure.config({
      set_keypair_file = { made.cert, made.key }, set_protocols = made.set_protocols, set_ciphers = made.set_ciphers,
    }))
    function server.handshakeFailed(_, err)
      told = err
    end
    local accepting = loop.spawn(server.accept, server)
    local sock, err, timeout = secure.connect(port, secure.client_config(client), options)
    assert.is_nil(timeout)
    told = told or false
    if sock then
      sock:close()
    end
    loop.sleep(0.02)
    accepting:cancel()
    server:close()
    made.err = err
  end)
  return made.err, told
end

local function chained(from, made)
  return { cert = from:with_chain(made), key = made.key }
end

local DAY = 86400

-- A value of ASN.1 with less than 128 bytes, in hexadecimal digits; its content is text, or such digits.
local function der(tag, content)
  local digits = content:find('^%x+$') and content or content:gsub('.', function(byte)
    return ('%02x'):format(byte:byte())
  end)
  return ('%02x%02x%s'):format(tag:byte(), #digits / 2, digits)
end

-- By what is wrong: the name of the error, a function that gives the certificate, settings of the client, and options.
local refused = {
  ['expired'] = { 'CERT_HAS_EXPIRED', function()
    return ca:issue({ from = -2 * DAY, to = -DAY })
  end },
  ['not yet valid'] = { 'CERT_NOT_YET_VALID', function()
    return ca:issue({ from = DAY, to = 2 * DAY })
  end },
  ['for another name'] = { 'HOSTNAME_MISMATCH', function()
    return ca:issue({ san = 'DNS:example.com' })
  end },
  ['with the name only as common name'] = { 'HOSTNAME_MISMATCH', function()
    return ca:issue({ name = 'localhost', san = false })
  end },
  ['for another address'] = { 'IP_ADDRESS_MISMATCH', function()
    return ca:issue({ san = 'DNS:localhost,IP:127.0.0.2' })
  end, nil, { servername = '127.0.0.1' } },
  ['with an address as a DNS name'] = { 'IP_ADDRESS_MISMATCH', function()
    return ca:issue({ san = 'DNS:127.0.0.1' })
  end, nil, { servername = '127.0.0.1' } },
  ['of anybody for another name, if it does not mind of whom'] = { 'HOSTNAME_MISMATCH', function()
    return other:issue({ san = 'DNS:example.com' })
  end, { insecure_noverifycert = secure.NOTHING } },
  ['of anybody for another address, if it does not mind of whom'] = { 'IP_ADDRESS_MISMATCH', function()
    return other:issue({ san = 'IP:127.0.0.2' })
  end, { insecure_noverifycert = secure.NOTHING }, { servername = '127.0.0.1' } },
  ['signed with SHA-1, whatever protocols it speaks'] = { 'CA_MD_TOO_WEAK', function()
    local made = chained(old, old:issue())
    made.set_protocols, made.set_ciphers = 'all', 'compat' -- else the server would refuse it by itself
    return made
  end, { set_protocols = 'all', set_ciphers = 'compat' } },
  ['signed with SHA-1, whatever ciphers it takes'] = { 'CA_MD_TOO_WEAK', function()
    local made = chained(old, old:issue())
    made.set_protocols, made.set_ciphers = 'all', 'compat'
    return made
  end, { set_ciphers = 'insecure' } },
  ['self-signed'] = { 'DEPTH_ZERO_SELF_SIGNED_CERT', function()
    return other
  end },
  ['of an unknown authority'] = { 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', function()
    return other:issue()
  end },
  ['without its intermediate authority'] = { 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', function()
    return intermediate:issue()
  end },
  ['revoked'] = { 'CERT_REVOKED', function(client)
    local made = ca:issue()
    ca:revoke(made)
    client.set_crl = ca:crl()
    return made
  end },
  ['for a name of the top level alone'] = { 'HOSTNAME_MISMATCH', function()
    return ca:issue({ san = 'DNS:*' })
  end },
  ['with a wildcard for part of a name'] = { 'HOSTNAME_MISMATCH', function()
    return ca:issue({ san = 'DNS:ww*.example.com' })
  end, nil, { servername = 'www.example.com' } },
  ['with a wildcard for more than one label'] = { 'HOSTNAME_MISMATCH', function()
    return ca:issue({ san = 'DNS:*.example.com' })
  end, nil, { servername = 'a.b.example.com' } },
  ['for a name that its authority must not certify'] = { 'PERMITTED_VIOLATION', function()
    local constrained = ca:below('Constrained CA', {
      'basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign',
      'nameConstraints=critical,permitted;DNS:example.com',
    })
    return chained(constrained, constrained:issue({ san = 'DNS:localhost' }))
  end },
  ['of an authority that is none'] = { 'INVALID_CA', function()
    local no_authority = ca:below('No CA', { 'basicConstraints=critical,CA:FALSE' })
    return chained(no_authority, no_authority:issue())
  end },
  -- What C takes for "localhost": an extension as DER, with one name.
  ['with a NUL byte behind the name'] = { 'HOSTNAME_MISMATCH', function()
    return ca:issue({ san = 'DER:' .. der('\48', der('\130', 'localhost\0.example.com')) })
  end },
  ['with a NUL byte within the name'] = { 'HOSTNAME_MISMATCH', function()
    return ca:issue({ san = 'DER:' .. der('\48', der('\130', 'local\0host')) })
  end },
  ['for clients only'] = { 'INVALID_PURPOSE', function()
    return ca:issue({ extensions = { 'basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth' } })
  end },
  ['at the end of too long a chain'] = { 'CERT_CHAIN_TOO_LONG', function(client)
    client.set_verify_depth = 1
    local lower = intermediate:below('Lower CA'):below('Lowest CA')
    return chained(lower, lower:issue())
  end },
  ['of an authority that allows no authorities below it'] = { 'PATH_LENGTH_EXCEEDED', function()
    local last = ca:below('Last CA', {
      'basicConstraints=critical,CA:TRUE,pathlen:0', 'keyUsage=critical,keyCertSign,cRLSign',
    })
    local beyond = last:below('Beyond CA')
    return chained(beyond, beyond:issue())
  end },
}

describe('A client refuses a certificate', function()
  for what, row in pairs(refused) do
    it(what, function()
      local client = {}
      local made = row[2](client)
      for name, arguments in pairs(row[3] or {}) do
        client[name] = arguments
      end
      local err, told = refusal(made, client, row[4])
      assert.is_string(err, 'it was accepted')
      assert.equal(row[1], err:match('^%[([%u_]+):%d+%]%[handshake%] '), err)
      assert.is_truthy(err:find('depth %d'), err)
      assert.is_truthy(err:find("subject 'CN="), err)
      assert.is_truthy(err:find('alert [%l_]+$'), err)
      assert.is_truthy(told and told:find('^%[ALERT_[%u_]+:%d+%]%[handshake%] '), tostring(told))
    end)
  end
end)

-- The same for those that it accepts.
local accepted = {
  ['for an address'] = { function()
    return ca:issue({ san = 'IP:127.0.0.1' })
  end, nil, { servername = '127.0.0.1' } },
  ['with a wildcard for one label'] = { function()
    return ca:issue({ san = 'DNS:*.example.com' })
  end, nil, { servername = 'www.example.com' } },
  ['for a name with the dot of the root'] = { function()
    return ca:issue({ san = 'DNS:example.com' })
  end, nil, { servername = 'example.com.' } },
  ['of an intermediate authority'] = { function()
    return chained(intermediate, intermediate:issue())
  end },
  ['with an RSA key'] = { function()
    return ca:issue({ key = 'rsa' })
  end },
  ['with an Ed25519 key'] = { function()
    return ca:issue({ key = 'ed25519' })
  end },
  ['that is not on the list of those that were revoked'] = { function(client)
    client.set_crl = ca:crl()
    return ca:issue()
  end },
  ['that has expired, if it is told not to mind'] = { function()
    return ca:issue({ from = -2 * DAY, to = -DAY })
  end, { insecure_noverifytime = secure.NOTHING } },
  ['for another name, if it is told not to mind'] = { function()
    return ca:issue({ san = 'DNS:example.com' })
  end, { insecure_noverifyname = secure.NOTHING } },
  ['of anybody, if it is told not to mind'] = { function()
    return other:issue()
  end, { insecure_noverifycert = secure.NOTHING } },
  ['of anybody for anything, if it is told not to mind'] = { function()
    return other:issue({ san = 'DNS:example.com', from = -2 * DAY, to = -DAY })
  end, { insecure_noverifycert = secure.NOTHING, insecure_noverifyname = secure.NOTHING } },
}

describe('A client accepts a certificate', function()
  for what, row in pairs(accepted) do
    it(what, function()
      local client = {}
      local made = row[1](client)
      for name, arguments in pairs(row[2] or {}) do
        client[name] = arguments
      end
      assert.is_nil((refusal({ cert = made.cert, key = made.key }, client, row[3])))
    end)
  end
end)

describe('A client', function()
  it('is not connected without a name to check the certificate against', function()
    loops.run(function()
      local _, port = secure.listener()
      local sock, err = require('net').stream.inet.client.new({
        port = port, tlscfg = secure.client_config(),
      }, true, secure.PATIENCE)
      assert.is_nil(sock)
      assert.is_truthy(err:find('^%[TLS_NO_NAME:%d+%]'), err)
    end)
  end)
end)
