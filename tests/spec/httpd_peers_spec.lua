-- SPDX-License-Identifier: MIT
-- examples/httpd.lua and peers that are slow, vanish, or are too many; and its end.
local http = require('http')
local loops = require('loops')
local net = require('net')
local program = require('program')

local get, loop = http.get, net.loop

local LARGE = loops.pattern(3000000) .. 'end'

local stage = http.stage({
  ['one'] = '1',
  ['large.bin'] = LARGE,
  ['digits.txt'] = '0123456789',
})

describe('httpd, with a peer that', function()
  it('sends one byte at a time, answers', function()
    local client = stage.server:connect()
    local text = get('/one') .. get('/digits.txt')
    for i = 1, #text do
      client:send(text:sub(i, i))
    end
    assert.equal('1', http.assert_status(200, client).body)
    assert.equal('0123456789', http.assert_status(200, client).body)
  end)

  it('stalls in the head, tells it so and leaves it', function()
    local other = stage.start({ '-t', '0.3' })
    local clients = {}
    for i, text in ipairs({ 'G', 'GET /one HTTP/1.1\r\n', get('/one'):sub(1, -2) }) do
      clients[i] = other:say(text)
    end
    for _, client in ipairs(clients) do
      assert.equal('close', http.assert_status(408, client).fields.connection)
      http.assert_end(client)
    end
    http.assert_serves(other)
  end)

  it('sends a head drop by drop, does not wait for its end', function()
    local other = stage.start({ '-t', '0.3' })
    local client = other:say('GET /one HTTP/1.1\r\n')
    client:deadlines(20)
    local first, err, timeout
    repeat
      client:send('X: x\r\n')
      first, err, timeout = client:peek(1)
    until not timeout
    assert.truthy(first, err)
    http.assert_status(408, client)
    http.assert_end(client)
  end)

  it('says nothing, leaves it without a word', function()
    local other = stage.start({ '-t', '0.3' })
    local silent, client = other:connect(), other:say(get('/one'))
    http.assert_status(200, client)
    http.assert_end(client)
    http.assert_end(silent)
  end)

  it('resets its connection in the middle of a body, serves others', function()
    stage.make_huge(16)
    for _ = 1, 5 do
      local client = stage.server:say(get('/huge'))
      assert(client:readn(100000))
      client:linger(0)
      client:close()
    end
    http.assert_serves(stage.server)
  end)

  it('ends its side after the request, sends the whole answer', function()
    local client = stage.server:say(get('/large.bin'))
    assert.is_nil(client:closew())
    assert.equal(LARGE, http.assert_status(200, client).body)
    http.assert_end(client)
  end)

  it('ends its side in the head, answers that it is malformed', function()
    local client = stage.server:say('GET /one HTTP/1.1\r\nHo')
    assert.is_nil(client:closew())
    http.assert_status(400, client)
    http.assert_end(client)
  end)

  it('reads nothing, serves others and gives it up', function()
    local size = stage.make_huge(64)
    local other = stage.start({ '-s', '0.3' })
    local client = other:connect()
    client:rcvbuf(4096)
    client:send(get('/huge'))
    http.assert_serves(other)
    other:signal('TERM')
    assert.is_nil(other:line()) -- it ends when it has given the client up
    local got, str = 0, client:recv(65536)
    while str do
      got, str = got + #str, client:recv(65536)
    end
    assert.is_true(got < size)
  end)

  it('reads slowly, goes on as long as it takes enough in its time', function()
    local size = stage.make_huge(2)
    local other = stage.start({ '-s', '0.3' })
    local client = other:connect()
    client:rcvbuf(65536)
    client:send(get('/huge'))
    http.head(client)
    for _ = 1, size / 32768 do
      assert(client:readn(32768))
      loop.run(loop.sleep, 0.02)
    end
    http.assert_serves(other)
  end)

  it('reads drop by drop, gives it up', function()
    stage.make_huge(16)
    local other = stage.start({ '-s', '0.3' })
    local client = other:connect()
    client:rcvbuf(4096)
    client:send(get('/huge'))
    http.head(client)
    local str, err
    repeat
      str, err = client:recv(300)
      loop.run(loop.sleep, 0.01)
    until not str
    assert.matches('ECONNRESET', err)
  end)

  it('asks for what has become shorter, ends the connection', function()
    local size = stage.make_huge(64)
    local client = stage.server:connect()
    client:rcvbuf(65536)
    client:send(get('/huge'))
    assert.equal(tostring(size), http.head(client).fields['content-length'])
    stage.make_huge(1)
    local got, str, err = 0, client:recv(1048576)
    while str do
      got = got + #str
      str, err = client:recv(1048576)
    end
    assert.is_true(got < size)
    assert.truthy(not err or err:find('ECONNRESET', 1, true))
  end)
end)

describe('httpd, at its limit of connections,', function()
  it('lets the next wait for the end of one', function()
    local other = stage.start({ '-n', '2' })
    local first, second, third = other:connect(), other:connect(), other:say(get('/one'))
    third:deadlines(20)
    assert.same({ nil, nil, true }, { third:recv() })
    third:deadlines(20000)
    first:close()
    http.assert_status(200, third)
    second:close()
  end)

  it('keeps no connection, so that all have their turn', function()
    local other = stage.start({ '-n', '1' })
    local clients = {}
    for i = 1, 5 do
      clients[i] = other:say(get('/one'))
    end
    for _, client in ipairs(clients) do
      assert.equal('close', http.assert_status(200, client).fields.connection)
      client:close()
    end
  end)

  it('never lacks descriptors', function()
    if not http.has('prlimit') then
      return
    end
    stage.make_huge(16)
    local other = stage.start({ '-n', '10' }, { environment = 'prlimit --nofile=40' })
    local clients = {}
    for i = 1, 60 do
      clients[i] = other:say(get('/huge', 'Range: bytes=0-999999'))
    end
    for _, client in ipairs(clients) do
      assert.equal(1000000, #http.assert_status(206, client).body)
      client:close()
    end
  end)

  it('says that it cannot serve when it lacks descriptors after all', function()
    if not http.has('prlimit') then
      return
    end
    local other = stage.start({}, { environment = 'prlimit --nofile=30' })
    local status
    repeat
      status = http.answer(other:say(get('/one'))).status
    until status ~= 200
    assert.equal(503, status)
  end)
end)

describe('httpd, told to stop by', function()
  local function is_refused(other)
    local client, err = net.stream.inet.client.new({ host = '127.0.0.1', port = other.port })
    return not client and err:find('ECONNREFUSED', 1, true) ~= nil
  end

  it('SIGTERM, lets an answer under way finish, and takes no more requests', function()
    local size = stage.make_huge(16)
    local other = stage.start()
    local idle, busy = other:say(get('/one')), other:connect()
    http.assert_status(200, idle)
    busy:rcvbuf(65536)
    busy:send(get('/huge'))
    local head = http.head(busy)
    assert.equal(tostring(size), head.fields['content-length'])
    other:signal('TERM')
    http.assert_end(idle)
    assert.is_true(is_refused(other))
    busy:send(get('/one'))
    assert.equal(size, #busy:readn(size))
    other:drop_clients()
    assert.is_nil(other:line())
  end)

  it('SIGINT, ends with status 0', function()
    local text = http.shell([[
      exec 3>&1
      { sh -c 'echo $$; exec "$@" 3>&-' sh %s examples/httpd.lua -p 0 %s; echo "status $?" >&3; } | {
        read -r pid
        read -r line
        kill -INT "$pid"
        cat
      }
    ]], program.quoted(program.interpreter()), program.quoted(stage.site.path))
    assert.equal('status 0\n', text)
  end)

  it('a second signal, ends at once', function()
    stage.make_huge(64)
    local other = stage.start()
    local client = other:connect()
    client:rcvbuf(4096)
    client:send(get('/huge'))
    assert.equal(200, http.head(client).status)
    other:signal('TERM')
    repeat until is_refused(other)
    other:signal('TERM')
    assert.is_nil(other:line())
  end)
end)
