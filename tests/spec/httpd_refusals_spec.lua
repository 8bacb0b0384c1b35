-- SPDX-License-Identifier: MIT
-- examples/httpd.lua refuses what is no request for a file of its folder.
local http = require('http')
local program = require('program')

local get = http.get
local unpack = table.unpack or unpack

local stage = http.stage({
  ['one'] = '1',
  ['digits.txt'] = '0123456789',
  ['page/index.html'] = '<p>index',
})

-- The request gets this status, and its connection ends.
local function assert_refused(status, text, what)
  local client = stage.server:say(text)
  local answer = http.answer(client)
  assert.equal(status, answer and answer.status, what or text)
  assert.equal('close', answer.fields.connection)
  assert.equal(('%d '):format(status), answer.body:sub(1, 4))
  http.assert_end(client)
  client:close()
  return answer
end

describe('httpd refuses', function()
  it('requests that are malformed', function()
    local host = '\r\nHost: here\r\n'
    for _, text in ipairs({
      'GET /one', 'GET', '/one HTTP/1.1', 'GET  /one HTTP/1.1', 'GET /one HTTP/1.1 ', ' GET /one HTTP/1.1',
      'GET /one http/1.1', 'GET /one HTTP/1.10', 'GET /o\0ne HTTP/1.1', 'G(T /one HTTP/1.1', 'GET /one\rx HTTP/1.1',
      'GET one HTTP/1.1', 'GET * HTTP/1.1', 'GET http:///one HTTP/1.1', 'GET ftp://here/one HTTP/1.1',
      'GET /one#x HTTP/1.1', 'GET /one% HTTP/1.1', 'GET /one%2 HTTP/1.1', 'GET /one%gg HTTP/1.1', '\r\n\r\n\r\n',
    }) do
      assert_refused(400, text .. host .. '\r\n')
    end
    for _, field in ipairs({
      ' folded: x', '\tx', 'a : b', ': b', 'a', 'a: b\0', 'a: b\rc', 'a b: c', 'ü: x', 'Host: again',
    }) do
      assert_refused(400, get('/one', field), field)
    end
  end)

  it('with HEAD without a body', function()
    for _, text in ipairs({
      http.request('HEAD', '/../one'), http.request('HEAD', '/one', 'Content-Length: 5'),
      'HEAD /one HTTP/1.1\r\n\r\n',
    }) do
      local client = stage.server:say(text)
      assert.equal('close', http.head(client).fields.connection)
      http.assert_end(client)
    end
  end)

  it('lines that end in LF alone, at once', function()
    for _, text in ipairs({ '\n', 'GET /one HTTP/1.1\r\nHost: here\n', get('/one'):sub(1, -3) .. '\n' }) do
      assert_refused(400, text)
    end
  end)

  it('requests without a host, or with one that is none', function()
    assert_refused(400, 'GET /one HTTP/1.1\r\n\r\n')
    assert_refused(400, 'GET /one HTTP/1.1\r\nHost: a b\r\n\r\n')
    assert_refused(400, 'GET /one HTTP/1.0\r\nHost: a/b\r\n\r\n')
    http.assert_status(200, stage.server:say('GET /one HTTP/1.1\r\nHost:\r\n\r\n'))
    http.assert_status(200, stage.server:say('\r\nGET /one HTTP/1.1\r\nhOST: \t[::1]:80 \t\r\n\r\n'))
  end)

  it('other methods and versions', function()
    for _, method in ipairs({ 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE' }) do
      assert.equal('GET, HEAD', assert_refused(405, http.request(method, '/one')).fields.allow)
    end
    assert_refused(405, http.request('POST', '/one', 'Content-Length: 3') .. 'x=y')
    assert_refused(405, http.request('OPTIONS', '*'))
    assert_refused(501, http.request('get', '/one'))
    assert_refused(501, http.request('BREW', '/one'))
    assert_refused(505, 'GET /one HTTP/2.0\r\n\r\n')
    assert_refused(505, 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    http.assert_status(200, stage.server:say('GET /one HTTP/1.9\r\nHost: here\r\n\r\n'))
  end)

  it('bodies, and never takes one for a request', function()
    local hidden = http.request('GET', '/digits.txt')
    for _, case in ipairs({
      { 413, 'Content-Length: 5' },
      { 413, 'Content-Length: 00000000000000000000000000000000005' },
      { 413, 'Content-Length: 5', 'Expect: 100-continue' },
      { 411, 'Transfer-Encoding: chunked' },
      { 411, 'Transfer-Encoding:\tChunked ' },
      { 501, 'Transfer-Encoding: gzip, chunked' },
      { 400, 'Transfer-Encoding: identity' },
      { 400, 'Transfer-Encoding: chunked, identity' },
      { 400, 'Transfer-Encoding:' },
      { 400, 'Transfer-Encoding: chunked', 'Content-Length: 5' },
      { 400, 'Content-Length: 5', 'Transfer-Encoding: chunked' },
      { 400, 'Content-Length: 0', 'Transfer-Encoding: x' },
      { 400, 'Transfer-Encoding : chunked' },
      { 400, 'Content-Length: 0', 'Content-Length: 5' },
      { 400, 'Content-Length: 0', 'Content-Length: 0' },
      { 400, 'Content-Length: +0' },
      { 400, 'Content-Length: -1' },
      { 400, 'Content-Length: 0x0' },
      { 400, 'Content-Length: 0 0' },
      { 400, 'Content-Length:' },
      { 400, 'X: y\nTransfer-Encoding: chunked' },
      { 400, 'X: y\rTransfer-Encoding: chunked' },
    }) do
      assert_refused(case[1], get('/one', case[2], case[3]) .. hidden, case[2])
      assert_refused(case[1], get('/one', case[2], case[3]) .. '0\r\n\r\n' .. hidden, case[2])
    end
    assert_refused(400, 'GET /one HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n' .. hidden)
    local client = stage.server:say(get('/one', 'Content-Length: 00') .. hidden)
    http.assert_status(200, client)
    assert.equal('0123456789', http.assert_status(200, client).body)
  end)

  it('lines that are too long, before they end', function()
    assert_refused(414, 'GET /' .. ('x'):rep(9000))
    assert_refused(414, 'GET /' .. ('x'):rep(200000) .. ' HTTP/1.1\r\nHost: here\r\n\r\n', 'the long line')
    assert_refused(431, 'GET /one HTTP/1.1\r\nHost: here\r\nX: ' .. ('x'):rep(9000))
    http.assert_status(404, stage.server:say(get('/' .. ('x'):rep(8000))))
    http.assert_status(200, stage.server:say(get('/one', 'X: ' .. ('x'):rep(8000))))
  end)

  it('lines that are too long, and takes what comes behind, so that the answer is not lost', function()
    local client = stage.server:say('GET /' .. ('x'):rep(9000))
    http.assert_status(414, client)
    for _ = 1, 3 do
      assert.equal(10000, client:send(('x'):rep(10000)))
    end
    http.assert_end(client)
  end)

  it('too many fields, and too much in them', function()
    local fields = {}
    for i = 1, 99 do
      fields[i] = 'X' .. i .. ': x'
    end
    http.assert_status(200, stage.server:say(get('/one', unpack(fields))))
    fields[100] = 'X: x'
    assert_refused(431, get('/one', unpack(fields)), '101 fields')
    local long = 'X: ' .. ('x'):rep(8000)
    http.assert_status(200, stage.server:say(get('/one', long, long, long, long)))
    assert_refused(431, get('/one', long, long, long, long, long), 'five long fields')
  end)

  it('every path that leads out of the folder', function()
    for _, target in ipairs({
      '/../secret', '/page/../../secret', '/..', '/../', '/%2e%2e/secret', '/%2E./secret', '/.%2e/secret',
      '/..%2fsecret', '/..%2Fsecret', '/page/..%2f..%2fsecret', '/%2e%2e%2fsecret', '/page%2f..%2f..%2fsecret',
      '//../secret', '/.//../secret', '/./secret', '/page/%2e%2e/%2e%2e/secret', 'http://here/../secret',
      '/../stage.site.secret', '/one%00', '/%00/../../secret', '/..%00/secret', '/one/../../secret', '/%2fetc%2fpasswd',
    }) do
      assert_refused(400, get(target))
    end
    for _, target in ipairs({
      '//etc/passwd', '/etc/passwd', '/.secret', '/%252e%252e/secret', '/..%252fsecret', '/..\\secret', '/..%5csecret',
      '/\\..\\secret', '/...', '/.../secret', '/..;/secret', '/..%c0%afsecret', '/%c0%ae%c0%ae/secret', '/~root/',
      'http://here//etc/passwd',
    }) do
      local answer = http.answer(stage.server:say(get(target)))
      assert.equal(404, answer.status, target)
    end
  end)

  it('arguments that are wrong, with its usage', function()
    for _, words in ipairs({
      {}, { '-p' }, { '-p', 'x', '/' }, { '-p', '65536', '/' }, { '-p', '1.5', '/' }, { '-n', '0', '/' },
      { '-t', '0', '/' }, { '-t', 'nan', '/' }, { '-x', '/' }, { '/', '/' }, { '-v' },
    }) do
      local text, status = program.run('examples/httpd.lua', words)
      assert.equal(2, status, table.concat(words, ' '))
      assert.truthy(text:match('^usage: httpd%.lua [^\n]*\n$'), text)
    end
  end)

  it('folders that are none, and ports that are taken, with a reason', function()
    for _, path in ipairs({ stage.site.path .. '/one', stage.site.path .. '/nowhere' }) do
      local text, status = program.run('examples/httpd.lua', { path })
      assert.same({ 1, 'httpd: ' .. path .. ' is no folder that can be read\n' }, { status, text })
    end
    local text, status = program.run('examples/httpd.lua', { '-p', stage.server.port, stage.site.path })
    assert.equal(1, status)
    assert.truthy(text:match('^httpd: %[EADDRINUSE:[^\n]*\n$'), text)
  end)
end)
