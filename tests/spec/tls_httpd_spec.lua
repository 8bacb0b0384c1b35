-- SPDX-License-Identifier: MIT
-- examples/httpd.lua over HTTPS.
local http = require('http')
local loops = require('loops')
local program = require('program')
local secure = require('secure')

local quoted = program.quoted
local LARGE = loops.pattern(1000000)

local site, certificate, server

-- Puts a new certificate and its key where the server reads them.
local function issue()
  local made = secure.authority():issue()
  http.shell('cp %s %s && cp %s %s', quoted(made.cert), quoted(certificate.cert), quoted(made.key),
    quoted(certificate.key))
end

local function connect()
  local client = assert(secure.connect(server.port))
  client:deadlines(secure.PATIENCE, secure.PATIENCE)
  return client
end

setup(function()
  site = http.site({ ['one'] = '1', ['large.bin'] = LARGE })
  certificate = { cert = site.top .. '/cert.pem', key = site.top .. '/key.pem' }
  issue()
end)

teardown(function()
  site:remove()
end)

before_each(function()
  server = http.start(site.path, { '-c', certificate.cert, '-k', certificate.key })
end)

after_each(function()
  server:stop()
end)

describe('httpd with a certificate', function()
  it('tells an URL that curl fetches files from, small and large', function()
    assert.equal(('serving %s at https://127.0.0.1:%d/'):format(site.path, server.port), server.first)
    if http.has('curl') then
      local authority = '--cacert ' .. quoted(secure.authority().cert)
      assert.equal('1', server:curl(authority, 'one'))
      local copy = quoted(site.top .. '/copy')
      assert.equal('200', server:curl(authority .. ' -w "%{http_code}" -o ' .. copy, 'large.bin'))
      assert.equal('', http.shell('cmp %s %s/large.bin', copy, site.path))
      assert.truthy(server:curl('', 'one'):find('^curl: %(60%)'))
    end
  end)

  it('keeps connections, and takes a new certificate on SIGHUP without dropping them', function()
    local client = connect()
    client:send(http.get('/one'))
    assert.equal('1', http.assert_status(200, client).body)
    local first = client:tls():peer_cert_hash()
    issue()
    server:signal('HUP')
    assert.equal('the certificate is new', server:line())
    client:send(http.get('/one', 'Connection: close'))
    assert.equal('1', http.assert_status(200, client).body)
    http.assert_end(client)
    local second = connect()
    assert.not_equal(first, second:tls():peer_cert_hash())
    second:close()
    client:close()
  end)

  it('keeps its certificate when the new one cannot be read', function()
    http.shell('mv %s %s.away', quoted(certificate.key), quoted(certificate.key))
    server:signal('HUP')
    local line = server:line()
    http.shell('mv %s.away %s', quoted(certificate.key), quoted(certificate.key))
    assert.truthy(line:find('^httpd: the certificate stays as it was: %[ENOENT:%d+%]'), line)
    connect():close()
  end)

  it('does not start without the key, or with one that does not fit', function()
    local text, status = program.run('examples/httpd.lua', { '-c', certificate.cert, site.path })
    assert.equal(2, status, text)
    text, status = program.run('examples/httpd.lua', { '-c', certificate.cert, '-k', certificate.cert, site.path })
    assert.equal(1, status, text)
    assert.truthy(text:find('^httpd: %['), text)
  end)

  it('ends at once when it is told to, and nobody is served', function()
    local client = connect()
    server:signal('TERM')
    http.assert_end(client)
    assert.is_nil(server:line())
    client:close()
  end)
end)
