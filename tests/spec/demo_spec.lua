-- SPDX-License-Identifier: MIT
-- examples/demo.lua shows what it says, and tells when something is wrong.
local http = require('http')
local program = require('program')

local DEMO = 'examples/demo.lua'
local WAYS = {
  'TCP, strings', 'TCP, sendfile', 'TCP over IPv6', 'unix stream', 'unix records', 'UDP messages', 'its descriptor',
}
local PIECE = 65536

-- With TLS everything is fetched once more.
local protocols = require('net.tls').available and { 'HTTP', 'HTTPS' } or { 'HTTP' }
local secured = #protocols == 2 and ' +ok' or ''

local site

-- The rows of the ways: clients, bytes and check.
local function rows_of(text)
  local rows = {}
  for line in text:gmatch('[^\n]+') do
    local name = line:sub(1, 15):match('^(.-) *$')
    local clients, bytes, check = line:sub(16):match('^ +(%d+) +(%d+) +[%d.]+ +%d+ +%d+  (.*)$')
    rows[name] = check and { tonumber(clients), tonumber(bytes), check }
  end
  return rows
end

-- Every way has a row for so many clients, with this check. Returns how many these are.
local function assert_rows(text, clients, check)
  local rows, count = rows_of(text), 0
  for _, name in ipairs(WAYS) do
    if not text:find(name .. ' +not on this machine\n') then
      count = count + 1
      assert.same({ clients, clients * PIECE, check }, rows[name], name)
    end
  end
  assert.is_true(count >= #WAYS - 1)
  return count
end

local function exists(path)
  return http.shell('test -e %s && echo yes', program.quoted(path)) == 'yes\n'
end

setup(function()
  site = http.site({ ['empty'] = '', ['page & ü.txt'] = 'page' })
end)

teardown(function()
  site:remove()
end)

describe('demo', function()
  it('fetches files of all kinds, and has many clients send in seven ways, all at once', function()
    if not http.has('curl') then
      return
    end
    local text, status = program.run(DEMO, { '--clients', 40 })
    assert.equal(0, status, text)
    local folder = text:match('^httpd%.lua is serving (%S+) at http://127%.0%.0%.1:%d+/\n')
    assert.is_false(exists(folder))
    for _, row in ipairs({
      '\nempty +0  e3b0c44298fc1c14  ok' .. secured .. '\n',
      '\nGrüße, 世界%.txt +%d+  %x+  ok' .. secured .. '\n',
      '\n100%% & <more>%? #1%.txt +%d+  %x+  ok' .. secured .. '\n',
    }) do
      assert.truthy(text:find(row), row .. ' is not in ' .. text)
    end
    local files = 0
    for count in text:gmatch('\ncurl fetched (%d+) files over HTTPS?,') do
      files = files + tonumber(count)
    end
    local ways = assert_rows(text, 40, 'ok')
    local verdict = ('\nAll %d files and %d copies arrived as they were sent.\n'):format(files, ways * 40)
    assert.equal(verdict, text:sub(-#verdict))
  end)

  it('takes the files of a folder that it is given', function()
    if not http.has('curl') then
      return
    end
    local text, status = program.run(DEMO, { '--clients', 1, site.path })
    assert.equal(0, status, text)
    local rows = ('\nempty +0  e3b0c44298fc1c14  ok%s\npage & ü.txt +4  %%x+  ok%s\n\n'):format(secured, secured)
    assert.truthy(text:find(rows), text)
    assert.truthy(text:find('\nAll ' .. 2 * #protocols .. ' files and %d copies arrived as they were sent%.\n$'), text)
  end)

  it('has fewer clients where there are few descriptors, and says so', function()
    if not http.has('curl') then
      return
    end
    local text, status = program.run(DEMO, { site.path }, { environment = 'ulimit -n 50;' })
    assert.equal(0, status, text)
    assert.truthy(text:find('ulimit -n is 50: only 20 clients\n', 1, true), text)
    assert_rows(text, 20, 'ok')
  end)

  it('fails when checksums are wrong', function()
    if not http.has('curl') then
      return
    end
    http.shell('printf "#!/bin/sh\\necho \\$\\$\\n" >%s/sha256sum && chmod +x %s/sha256sum', site.top, site.top)
    local environment = 'PATH=' .. site.top .. ':$PATH'
    local text, status = program.run(DEMO, { '--clients', 2, site.path }, { environment = environment })
    assert.equal(1, status, text)
    assert.truthy(text:find('\nempty +0  %d+ +WRONG'), text)
    local ways = assert_rows(text, 2, 'WRONG')
    assert.truthy(text:find(('\nWRONG: %d files, %d copies\n'):format(2 * #protocols, 2 * ways), 1, true), text)
  end)

  it('serve leaves the server running until it is told to stop', function()
    if not http.has('curl') then
      return
    end
    local running = program.start(DEMO, { 'serve' })
    local first, second = running:line(), running:line()
    local folder, url = (second or ''):match('^serving (%S+) at (http://127%.0%.0%.1:%d+/)$')
    local page = url and http.shell("curl -q -sS --noproxy '*' %s", url)
    http.shell('kill -TERM %d', running.pid)
    local last
    repeat
      local line = running:line()
      last = line or last
    until not line
    running:stop()
    assert.equal('for a browser; Ctrl-C ends it', first)
    local link = '<a href="Gr%C3%BC%C3%9Fe%2C%20%E4%B8%96%E7%95%8C.txt">Grüße, 世界.txt</a>'
    assert.truthy(page and page:find(link, 1, true))
    assert.equal('127.0.0.1 "GET /" 200 ' .. #page, last)
    assert.is_false(exists(folder))
  end)

  it('tells its usage when arguments are wrong', function()
    for _, words in ipairs({
      { '--clients' }, { '--clients', 0 }, { '--clients', 1.5 }, { '--clients', 'x' }, { '-x' }, { '.', '.' },
      { 'serve', '.', '.' }, { 'serve', '-x' },
    }) do
      local text, status = program.run(DEMO, words)
      assert.equal(2, status, text)
      assert.equal('usage: demo.lua [--clients N] [DIRECTORY] | demo.lua serve [DIRECTORY]\n', text)
    end
    for _, words in ipairs({ { '/nowhere' }, { 'serve', '/nowhere' } }) do
      local text, status = program.run(DEMO, words)
      assert.same({ 1, 'demo: /nowhere is no folder\n' }, { status, text })
    end
  end)
end)
