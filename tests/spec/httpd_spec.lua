-- SPDX-License-Identifier: MIT
-- examples/httpd.lua does what HTTP/1.1 says, driven by curl, wrk and by hand.
local http = require('http')
local loops = require('loops')
local program = require('program')

local get = http.get

local LARGE = loops.pattern(3000000) .. 'end'

local stage = http.stage({
  ['empty'] = '',
  ['one'] = '1',
  ['large.bin'] = LARGE,
  ['digits.txt'] = '0123456789',
  ['page/index.html'] = '<p>index',
  ['bare/one.css'] = '1',
  ['a folder/index.html'] = 'spaces',
  ['name with spaces & ü%.txt'] = 'escaped',
})

describe('httpd', function()
  it('sends files of all sizes as they are', function()
    if http.has('curl') then
      for _, name in ipairs({ 'empty', 'one', 'large.bin' }) do
        local copy = program.quoted(stage.site.top .. '/copy')
        assert.equal('200', stage.server:curl('-w "%{http_code}" -o ' .. copy, name))
        assert.equal('', http.shell('cmp %s %s/%s', copy, stage.site.path, name))
      end
    end
  end)

  it('sends many files over one connection', function()
    if http.has('curl') then
      local text = stage.server:curl('-w " %{num_connects}\n"', 'one', 'digits.txt', 'nowhere', 'one')
      assert.equal('1 1\n0123456789 0\n404 Not Found\n 0\n1 0\n', text)
    end
  end)

  it('answers requests that come before it has answered others', function()
    local client = stage.server:say(get('/one') .. http.request('HEAD', '/large.bin') .. get('/digits.txt'))
    assert.equal('1', http.assert_status(200, client).body)
    assert.equal(tostring(#LARGE), http.head(client).fields['content-length'])
    assert.equal('0123456789', http.assert_status(200, client).body)
  end)

  it('tells with HEAD what GET would, without the body', function()
    local client = stage.server:say(http.request('HEAD', '/digits.txt', 'Range: bytes=0-1'))
    local head = http.head(client)
    client:send(get('/digits.txt'))
    local answer = http.assert_status(200, client)
    head.fields.date, answer.fields.date = nil, nil
    assert.same({ status = 200, fields = answer.fields }, head)
    client:send(http.request('HEAD', '/nowhere'))
    assert.equal(404, http.head(client).status)
    client:send(get('/one'))
    http.assert_status(200, client)
  end)

  it('ends the connection when the client asks for that, and with HTTP/1.0 unless it asks for more', function()
    for _, text in ipairs({
      get('/one', 'Connection: close'),
      get('/one', 'Connection: keep-alive, Close'),
      'GET /one HTTP/1.0\r\n\r\n',
      'GET /one HTTP/1.0\r\nConnection: x\r\n\r\n',
    }) do
      local client = stage.server:say(text)
      assert.equal('close', http.assert_status(200, client).fields.connection)
      http.assert_end(client)
    end
    local client = stage.server:say('GET /one HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n')
    assert.equal('keep-alive', http.assert_status(200, client).fields.connection)
    client:send('GET /one HTTP/1.0\r\n\r\n')
    assert.equal('close', http.assert_status(200, client).fields.connection)
    http.assert_end(client)
  end)

  it('speaks HTTP/1.0 with curl', function()
    if http.has('curl') then
      assert.equal('11', stage.server:curl('--http1.0', 'one', 'one'))
    end
  end)

  for range, expected in pairs({
    ['bytes=0-0'] = { 206, '0', 'bytes 0-0/10' },
    ['bytes=2-4'] = { 206, '234', 'bytes 2-4/10' },
    ['Bytes=7-'] = { 206, '789', 'bytes 7-9/10' },
    ['bytes=-3'] = { 206, '789', 'bytes 7-9/10' },
    ['bytes=-100'] = { 206, '0123456789', 'bytes 0-9/10' },
    ['bytes=8-100000000000000000000000'] = { 206, '89', 'bytes 8-9/10' },
    ['bytes=10-'] = { 416, '416 Range Not Satisfiable\n', 'bytes */10' },
    ['bytes=-0'] = { 416, '416 Range Not Satisfiable\n', 'bytes */10' },
    ['bytes=100000000000000000000000-'] = { 416, '416 Range Not Satisfiable\n', 'bytes */10' },
    ['bytes=4-2'] = { 200, '0123456789' },
    ['bytes=-'] = { 200, '0123456789' },
    ['bytes=a-b'] = { 200, '0123456789' },
    ['bytes=0-1,3-4'] = { 200, '0123456789' },
    ['lines=0-1'] = { 200, '0123456789' },
    ['bytes 0-1'] = { 200, '0123456789' },
    [''] = { 200, '0123456789' },
  }) do
    it(('sends %q of a file as it should'):format(range), function()
      local answer = http.answer(stage.server:say(get('/digits.txt', 'Range: ' .. range)))
      assert.same(expected, { answer.status, answer.body, answer.fields['content-range'] })
    end)
  end

  it('sends the last part of a large file, and of an empty one nothing', function()
    local client = stage.server:say(get('/large.bin', 'Range: bytes=-100003'))
    assert.equal(LARGE:sub(-100003), http.assert_status(206, client).body)
    client:send(get('/empty', 'Range: bytes=0-'))
    assert.equal('bytes */0', http.assert_status(416, client).fields['content-range'])
    client:send(get('/empty', 'Range: bytes=-5'))
    assert.equal('', http.assert_status(200, client).body)
    client:send(get('/empty', 'Range: bytes=-0'))
    http.assert_status(416, client)
  end)

  it('keeps to conditions', function()
    local client = stage.server:say(get('/digits.txt', 'If-Range: "x"', 'Range: bytes=0-1'))
    assert.equal('0123456789', http.assert_status(200, client).body)
    client:send(get('/one', 'If-Match: "x"'))
    http.assert_status(412, client)
    client:send(get('/one', 'If-Match: *'))
    http.assert_status(200, client)
    client:send(get('/one', 'If-None-Match: *'))
    assert.is_nil(http.assert_status(304, client).body)
    client:send(get('/one', 'If-None-Match: "x"'))
    http.assert_status(200, client)
  end)

  it('sends index.html for a folder, and leads there', function()
    local client = stage.server:say(get('/page/'))
    assert.equal('<p>index', http.assert_status(200, client).body)
    client:send(get('/page'))
    assert.equal('/page/', http.assert_status(301, client).fields.location)
    client:send(get('//a%20folder?x'))
    assert.equal('/a%20folder/', http.assert_status(301, client).fields.location)
    for _, target in ipairs({ '/', '/bare/', '/one/', '/nowhere', '/page/index.html/', '/' .. ('x'):rep(300) }) do
      client:send(get(target))
      assert.equal(404, http.answer(client).status, target)
    end
  end)

  it('understands escaped names, whole URLs and queries', function()
    local client = stage.server:connect()
    for _, target in ipairs({
      '/name%20with%20spaces%20%26%20%c3%bc%25.txt',
      '/%6eame%20with%20spaces%20&%20ü%25.txt?and=a&query=/../x%00',
      'http://elsewhere/name%20with%20spaces%20&%20%C3%BC%25.txt',
    }) do
      client:send(get(target))
      assert.equal('escaped', http.answer(client).body, target)
    end
    client:send(get('HTTP://elsewhere'))
    http.assert_status(404, client)
  end)

  it('tells types, dates, and that it sends parts', function()
    local client = stage.server:say(get('/page/index.html') .. get('/bare/one.css') .. get('/one'))
    for _, type in ipairs({ 'text/html; charset=utf-8', 'text/css; charset=utf-8', 'application/octet-stream' }) do
      local fields = http.assert_status(200, client).fields
      assert.equal(type, fields['content-type'])
      assert.equal('bytes', fields['accept-ranges'])
      assert.truthy(fields.date:match('^%u%l%l, %d%d %u%l%l %d%d%d%d %d%d:%d%d:%d%d GMT$'))
    end
  end)

  it('stands wrk', function()
    if http.has('wrk') then
      local text = http.shell('wrk -c 50 -d 1 -t 1 %sone', stage.server.url)
      assert.truthy(tonumber(text:match('Requests/sec:%s*([%d.]+)')) > 0, text)
      assert.is_nil(text:find('Socket errors', 1, true), text)
      assert.is_nil(text:find('Non-2xx', 1, true), text)
    end
  end)

  it('logs requests if asked to', function()
    local other = stage.start({ '-v' })
    local client = other:say(http.request('HEAD', '/digits.txt?x') .. get('/nowhere') .. 'GET\1\r\n')
    for _, line in ipairs({
      '127.0.0.1 "HEAD /digits.txt?x" 200 10', '127.0.0.1 "GET /nowhere" 404 14', '127.0.0.1 "-" 400 16',
    }) do
      assert.equal(line, other:line())
    end
    client:close()
  end)
end)
