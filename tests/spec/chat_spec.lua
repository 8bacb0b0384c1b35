-- SPDX-License-Identifier: MIT
-- examples/chat.lua with clients that behave, and with some that do not.
local llsocket = require('llsocket')
local net = require('net')
local network = require('network')
local peers = require('peers')
local program = require('program')

local CHAT = 'examples/chat.lua'
local HELP = '; there are /who, /nick NAME and /quit'

local function chat(...)
  local peer = peers.lua(CHAT, { ... })
  return peer, tonumber((peer:expect('^listening at 127%.0%.0%.1 port (%d+)$')))
end

-- A client of net, which waits for a line for 20 seconds at most.
local function connected(port)
  local client = network.keep(assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port })))
  client:deadlines(20000, 20000)
  return client
end

local function assert_line(client, expected)
  local line, err, timeout = client:readline()
  assert.equal(expected, line or err or timeout and 'nothing came' or 'the end')
end

local function say(client, line)
  assert.equal(#line + 1, client:send(line .. '\n'))
end

-- Clients of these names, who know of each other.
local function with_names(port, ...)
  local clients = {}
  for i, name in ipairs({ ... }) do
    clients[i] = connected(port)
    assert_line(clients[i], ('* welcome, guest%d%s'):format(i, HELP))
    say(clients[i], '/nick ' .. name)
    for j = 1, i do
      if j < i then
        assert_line(clients[j], ('* guest%d joins'):format(i))
      end
      assert_line(clients[j], ('* guest%d is %s now'):format(i, name))
    end
  end
  return (table.unpack or unpack)(clients)
end

-- A client of llsocket that takes little and reads nothing, which has joined as guest2.
local function deaf(port, ann)
  local sock = network.keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)))
  assert(sock:rcvbuf(4096))
  assert(sock:rcvtimeo(20))
  assert(sock:connect(llsocket.addrinfo.inet('127.0.0.1', port)))
  assert_line(ann, '* guest2 joins')
  return sock
end

-- All lines up to this one.
local function lines_until(client, last)
  local list = {}
  repeat
    table.insert(list, (assert(client:readline())))
  until list[#list] == last
  return list
end

local with_socat = peers.it({ 'socat' })

describe('examples/chat.lua', function()
  it('passes on what somebody says, and tells who joins, leaves and has a new name', function()
    local _, port = chat()
    local ann, bob = with_names(port, 'ann', 'bob')
    say(ann, 'hello')
    assert_line(bob, '<ann> hello')
    say(bob, 'hello yourself')
    assert_line(ann, '<bob> hello yourself')
    say(bob, '/nick Bobby')
    assert_line(ann, '* bob is Bobby now')
    assert_line(bob, '* bob is Bobby now')
    say(ann, '/quit')
    assert_line(ann, '* bye')
    assert_line(ann, 'the end')
    assert_line(bob, '* ann leaves')
  end)

  with_socat('has socat as a client', function()
    local _, port = chat()
    local ann = with_names(port, 'ann')
    local script = program.file('/nick socat\r\nhello from socat\r\n/who\r\n')
    local socat = peers.start({ 'socat', '-t', '20', '-', 'TCP:127.0.0.1:' .. port }, { input = '<' .. script })
    assert_line(ann, '* guest2 joins')
    assert_line(ann, '* guest2 is socat now')
    assert_line(ann, '<socat> hello from socat')
    assert_line(ann, '* socat leaves') -- at the end of its input
    assert.equal('* welcome, guest2' .. HELP, socat:line())
    assert.equal('* guest2 is socat now', socat:line())
    assert.equal('* here: ann, socat', socat:line())
    local how, status = socat:wait()
    os.remove(script)
    assert.same({ 'exited', 0 }, { how, status })
  end)

  it('lists who is there, and has no two of one name', function()
    local _, port = chat()
    local ann, bob = with_names(port, 'ann', 'bob')
    for said, answer in pairs({
      ['/who'] = '* here: ann, bob',
      ['/nick ANN'] = '* ANN is taken',
      ['/nick'] = '* a name has 1 to 20 letters, digits, - and _',
      ['/nick a b'] = '* a name has 1 to 20 letters, digits, - and _',
      ['/nick ' .. ('x'):rep(21)] = '* a name has 1 to 20 letters, digits, - and _',
      ['/nonsense'] = '* there are /who, /nick NAME and /quit',
      ['/'] = '* there are /who, /nick NAME and /quit',
    }) do
      say(bob, said)
      assert_line(bob, answer)
    end
    say(ann, '/nick Ann')
    assert_line(bob, '* ann is Ann now')
    assert_line(ann, '* ann is Ann now')
    ann:close()
    assert_line(bob, '* Ann leaves')
    say(bob, '/nick ann')
    assert_line(bob, '* bob is ann now')
  end)

  it('puts together what comes byte by byte', function()
    local _, port = chat()
    local ann, bob = with_names(port, 'ann', 'bob')
    ann:tcpnodelay(true)
    for byte in ('one by one\nand more\n'):gmatch('.') do
      assert.equal(1, ann:send(byte))
    end
    ann:send('\n')
    assert_line(bob, '<ann> one by one')
    assert_line(bob, '<ann> and more')
    assert_line(bob, '<ann> ')
  end)

  it('leaves out lines that are too long, and says so', function()
    local _, port = chat()
    local ann, bob = with_names(port, 'ann', 'bob')
    local longest = ('x'):rep(512)
    say(ann, longest)
    assert_line(bob, '<ann> ' .. longest)
    for _, length in ipairs({ 513, 1024, 100000 }) do
      say(ann, ('y'):rep(length))
      assert_line(ann, '* a line has 512 bytes at most')
    end
    say(ann, 'short')
    assert_line(bob, '<ann> short')
    ann:send(('z'):rep(2000))
    ann:closew()
    assert_line(bob, '* ann leaves')
  end)

  it('keeps control characters from the terminals of others', function()
    local _, port = chat()
    local ann, bob = with_names(port, 'ann', 'bob')
    say(ann, 'a\27[2Jb\0c\127d\r')
    assert_line(bob, '<ann> a[2Jbcd')
  end)

  it('drops whoever never reads, while the others hear everything', function()
    local _, port = chat()
    local ann = connected(port)
    assert_line(ann, '* welcome, guest1' .. HELP)
    local slow = deaf(port, ann)
    local bob = connected(port)
    assert_line(ann, '* guest3 joins')
    assert_line(bob, '* welcome, guest3' .. HELP)
    local text, count, is_dropped = ('x'):rep(400), 0, false
    repeat -- ann hears each line before the next is said, and bob all at last
      count = count + 1
      say(bob, ('%06d %s'):format(count, text))
      local line = assert(ann:readline())
      if line == '* guest2 is dropped: it reads too slowly' then
        is_dropped = true
        line = assert(ann:readline())
      end
      assert.equal(('<guest3> %06d %s'):format(count, text), line)
    until is_dropped or count == 20000
    assert.is_true(is_dropped)
    assert.is_true(count > 100)

    local heard = network.receive_all(slow)
    assert.equal('* you are dropped: you read too slowly\n', heard:match('[^\n]*\n$'))
    local whole = 0
    for number in heard:gmatch('\n<guest3> (%d+) x+') do
      whole = whole + 1
      assert.equal(whole, tonumber(number))
    end
    assert.is_true(whole < count)
    say(ann, '/who')
    assert_line(ann, '* here: guest1, guest3')
  end)

  it('has time for whoever reads, however many lines come at once', function()
    local _, port = chat()
    local ann, bob = with_names(port, 'ann', 'bob')
    bob:send(('x\n'):rep(1000))
    for _ = 1, 1000 do
      assert_line(ann, '<bob> x')
    end
  end)

  it('forgets whoever resets the connection, also in the middle of a line', function()
    local _, port = chat()
    local ann, bob = with_names(port, 'ann', 'bob')
    for i = 3, 5 do
      local rude = connected(port)
      assert_line(rude, ('* welcome, guest%d%s'):format(i, HELP))
      assert_line(ann, ('* guest%d joins'):format(i))
      rude:send('half a li')
      rude:linger(0)
      rude:close()
      assert_line(ann, ('* guest%d is gone'):format(i))
    end
    say(ann, 'alone again')
    local heard = lines_until(bob, '<ann> alone again')
    assert.equal(7, #heard)
  end)

  it('parts from whoever says nothing for too long, also byte by byte', function()
    local _, port = chat('--idle', 0.2)
    local notice = '* you have said nothing for too long'
    local quiet = connected(port)
    lines_until(quiet, notice)
    assert_line(quiet, 'the end')
    local slow = connected(port)
    slow:deadlines(20)
    local line, err
    repeat -- a byte at each pause
      line, err = slow:readline()
      slow:send('x')
    until line == notice or err
    assert.equal(notice, line or err)
  end)

  it('has no more members than it may', function()
    local _, port = chat('--limit', 1)
    local ann = with_names(port, 'ann')
    local bob = connected(port)
    bob.sock:recvable(50)
    say(ann, 'nobody hears this')
    say(ann, '/quit')
    assert_line(ann, '* bye')
    assert_line(bob, '* welcome, guest2' .. HELP)
  end)

  for _, signal in ipairs({ 'SIGINT', 'SIGTERM' }) do
    it('tells all when it ends at ' .. signal, function()
      local running, port = chat()
      local ann, bob = with_names(port, 'ann', 'bob')
      running:signal(signal)
      for _, client in ipairs({ ann, bob }) do
        assert_line(client, '* the server ends')
        assert_line(client, 'the end')
      end
      assert.equal('stopping', running:line())
      local how, status, rest = running:wait()
      assert.same({ 'exited', 0 }, { how, status }, rest)
    end)
  end

  it('says what is wrong with its arguments', function()
    local usage = 'usage: chat.lua [-l HOST:PORT] [--idle SECONDS] [--limit COUNT]\n'
    for _, arguments in ipairs({
      { '-l' }, { '-l', 'x' }, { '-l', '127.0.0.1:65536' }, { '--idle', -1 }, { '--idle', 'x' }, { '--limit', 0 },
      { '--limit', 1.5 }, { '--limit', ('9'):rep(30) }, { '-x', 1 }, { 'x' },
    }) do
      local text, status = program.run(CHAT, arguments)
      assert.same({ usage, 2 }, { text, status })
    end
    local text, status = program.run(CHAT, { '-l', '192.0.2.77:0' })
    assert.equal(1, status)
    assert.truthy(text:find('^chat: %[EADDRNOTAVAIL:99%]%[bind%]'), text)
  end)
end)
