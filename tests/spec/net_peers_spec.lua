-- SPDX-License-Identifier: MIT
-- net with peers that nobody here wrote, and with peers that do what they should not, or when they should not.
local hostile = require('hostile')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local peers = require('peers')

local answer, file_of = modes.answer, modes.file_of
local against, patient, reset = hostile.against, hostile.patient, hostile.reset
local inet, unix = net.stream.inet, net.stream.unix
local PATIENCE = 20000 -- milliseconds
local SHUT_WR = llsocket.SHUT_WR
local long = loops.pattern(9973):rep(200)

after_each(loops.assert_idle)

-- socat, which listens with these two addresses, and what its note about that captures.
local function socat(listening, echoing, pattern)
  local peer = peers.start({ 'socat', '-t', '20', '-d', '-d', listening, echoing })
  return peer, peer:expect(pattern)
end

local function new_path()
  return peers.directory() .. '/peer'
end

local abstract = '\0llnet.peers.' .. require('process').pid()

-- How socat listens, and a client of net for it.
local streams = {
  ['TCP over IPv4'] = function(echoing)
    local peer, port = socat('TCP-LISTEN:0,bind=127.0.0.1', echoing, 'listening on AF=2 127%.0%.0%.1:(%d+)')
    return inet.client.new({ host = '127.0.0.1', port = port }), peer
  end,
  ['a path'] = function(echoing)
    local path = new_path()
    local peer = socat('UNIX-LISTEN:' .. path, echoing, 'listening on AF=1 ')
    return unix.client.new({ path = path }), peer
  end,
  ['an abstract name'] = function(echoing)
    local peer = socat('ABSTRACT-LISTEN:' .. abstract:sub(2), echoing, 'listening on AF=1 ')
    return unix.client.new({ path = abstract }), peer
  end,
}

local datagrams = {
  ['UDP over IPv4'] = function()
    local _, port = socat('UDP-LISTEN:0,bind=127.0.0.1,fork', 'PIPE', 'listening on UDP AF=2 127%.0%.0%.1:(%d+)')
    return net.dgram.inet.new({ host = '127.0.0.1', port = 0 }), { host = '127.0.0.1', port = port }
  end,
  ['unix datagrams'] = function()
    local path = new_path()
    socat('UNIX-RECVFROM:' .. path .. ',fork', 'PIPE', 'receiving on AF=1 ')
    return net.dgram.unix.new({ path = new_path() }), { path = path }
  end,
}

if network.loopbacks[2] then
  streams['TCP over IPv6'] = function(echoing)
    local peer, port = socat('TCP6-LISTEN:0,bind=[::1]', echoing, 'listening on AF=10 %S+%]:(%d+)')
    return inet.client.new({ host = '::1', port = port }), peer
  end
  datagrams['UDP over IPv6'] = function()
    local _, port = socat('UDP6-LISTEN:0,bind=[::1],fork', 'PIPE', 'listening on UDP AF=10 %S+%]:(%d+)')
    return net.dgram.inet.new({ host = '::1', port = 0 }), { host = '::1', port = port }
  end
end

local function describe_socat(mode)
  local it = peers.it({ 'socat' }, mode.it)

  for how, connect in pairs(streams) do
    it('an echo has all bytes in their order, over ' .. how, function()
      local client = patient(connect('SYSTEM:cat'))
      local finish = mode.beside(function()
        answer(client:send(long)):is_exactly(#long)
        answer(client:closew()):is()
      end)
      assert.is_true(modes.receive_all(client) == long)
      finish()
    end)

    it('what ends first is what we send, over ' .. how, function()
      local client = patient(connect('SYSTEM:sort'))
      answer(client:send('b\na\n')):is(4)
      answer(client:closew()):is()
      answer(client:readline()):is('a')
      answer(client:readline()):is('b')
      answer(client:readline()):is()
    end)

    it('what ends first is what the peer sends, over ' .. how, function()
      local source, copy = new_path(), new_path()
      peers.write(source, 'bye\n')
      local client, peer = connect(('OPEN:%s,rdonly!!CREATE:%s'):format(source, copy))
      patient(client)
      answer(client:recv()):is('bye\n')
      answer(client:recv()):is()
      answer(client:send(long)):is_exactly(#long)
      answer(client:closew()):is()
      assert.equal('exited', (peer:wait()))
      assert.is_true(peers.read(copy) == long)
    end)
  end

  for how, bind in pairs(datagrams) do
    it('an echo has the datagrams as they are, with the sender, over ' .. how, function()
      local sock, target = bind()
      patient(sock)
      answer(sock:bind()):is()
      local ai = assert((target.path and net.dgram.getaddrinfoun or net.dgram.getaddrinfoin)(target))
      for _, text in ipairs({ 'one', 'two\n', ('x'):rep(5000), '\0' }) do
        answer(sock:sendto(text, ai)):is(#text)
        local str, sender = sock:recvfrom(8192)
        assert.equal(text, str)
        assert.equal(ai:port(), sender:port())
      end
    end)
  end
end

-- A little of HTTP: answers GET with the file, and POST with the body. Returns what it served.
local function answer_request(sock, file, size)
  local method = sock:readline():match('^(%u+) /')
  local head = '\n' .. sock:readuntil('\r\n\r\n'):lower()
  local length = tonumber(head:match('\ncontent%-length: (%d+)') or 0)
  if head:find('\nexpect: 100-continue', 1, true) then
    sock:send('HTTP/1.1 100 Continue\r\n\r\n')
  end
  local body = sock:readn(length)
  local head_of_answer = 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n'
  if method == 'POST' then
    sock:send(head_of_answer:format(#body) .. body)
  else
    sock:send(head_of_answer:format(size))
    answer(sock:sendfile(file, size)):is_exactly(size)
  end
end

local function describe_curl(mode)
  local it = peers.it({ 'curl' }, mode.it)

  for what, options in pairs({ ['fetches a file'] = {}, ['gets back what it sends'] = { '--data-binary', '@' } }) do
    it('curl ' .. what, function()
      local server, port = modes.listener()
      server:deadlines(PATIENCE)
      local source, copy = new_path(), new_path()
      peers.write(source, long)
      local words = { 'curl', '-sS', '--max-time', '20', '-o', copy, ('http://127.0.0.1:%d/'):format(port) }
      if options[1] then
        table.insert(words, options[1])
        table.insert(words, options[2] .. source)
        table.insert(words, '-HExpect: 100-continue')
      end
      local curl = peers.start(words)
      local sock = patient(server:accept())
      answer_request(sock, file_of(long), #long)
      sock:close()
      assert.same({ 'exited', 0, '' }, { curl:wait() })
      assert.is_true(peers.read(copy) == long)
    end)
  end
end

local function received_message(sock, size)
  local msg = net.msghdr.new()
  msg:addn(size)
  local n, err, timeout = sock:recvmsg(msg)
  return n and msg:concat():sub(1, n), err, not n and timeout or nil
end

-- How the bytes 'part' and then 'ial, x\n' are read.
local readings = {
  { name = 'readline', read = function(sock) return sock:readline() end, whole = 'partial, x', first = 'part' },
  { name = 'readn', read = function(sock) return sock:readn(7) end, whole = 'partial', first = 'part' },
  { name = 'readuntil', read = function(sock) return sock:readuntil(', ') end, whole = 'partial', first = 'part' },
  { name = 'peek', read = function(sock) return sock:peek(6) end, whole = 'partia', first = 'part' },
  { name = 'recv', read = function(sock) return sock:recv(4) end, whole = 'ial,', first = '' },
  { name = 'recvmsg', read = function(sock) return received_message(sock, 4) end, whole = 'ial,', first = '' },
}

local function describe_receiving(mode)
  local it = mode.it

  for _, row in ipairs(readings) do
    it(row.name .. ' loses nothing when the peer stalls for longer than the deadline', function()
      local client, go, finish = against(function(sock, wait)
        assert(sock:send(row.first) == #row.first)
        wait()
        assert(sock:send('ial, x\n') == 7)
        wait()
      end)
      client:deadlines(10)
      for _ = 1, 2 do
        answer(row.read(client)):is(nil, nil, true)
      end
      client:deadlines(PATIENCE)
      go()
      client.sock:recvable(PATIENCE)
      answer(row.read(client)):is(row.whole)
      go()
      finish()
    end)

    it(row.name .. ' tells that the peer resets the connection while it waits', function()
      local client, go, finish = against(function(sock, wait)
        sock:send(row.first)
        wait()
        reset(sock)
      end)
      assert.is_true(row.first == '' or client.sock:recvable(PATIENCE))
      client:onwaitrecv(function()
        go()
        return true
      end)
      answer(row.read(client)):fails('ECONNRESET')
      client:onwaitrecv()
      answer(client:recv()):is(row.first ~= '' and row.first or nil)
      finish()
    end)
  end

  it('reading takes what comes byte by byte', function()
    local text = 'a line\r\nseven..until--peek, message.and the rest'
    local client, go, finish = against(function(sock, wait)
      sock:tcpnodelay(true)
      for byte in text:gmatch('.') do
        assert(sock:send(byte) == 1)
        sock:recvable(1) -- a pause
      end
      sock:shutdown(SHUT_WR)
      wait()
    end)
    answer(client:readline()):is('a line')
    answer(client:readn(7)):is('seven..')
    answer(client:readuntil('--')):is('until')
    answer(client:peek(4)):is('peek')
    answer(client:readuntil(', ')):is('peek')
    local parts = {}
    for _ = 1, 8 do
      table.insert(parts, (received_message(client, 1)))
    end
    assert.equal('message.', table.concat(parts))
    assert.equal('and the rest', modes.receive_all(client))
    go()
    finish()
  end)
end

-- How the long text is sent, from there on.
local function message_of(text)
  local msg = net.msghdr.new()
  msg:add(text:sub(1, 1000))
  msg:add(text:sub(1001))
  return msg
end

local sendings = {
  send = function(sock, from) return sock:send(long:sub(from + 1)) end,
  sendmsg = function(sock, from) return sock:sendmsg(message_of(long:sub(from + 1))) end,
  sendfile = function(sock, from, file) return sock:sendfile(file, #long - from, from) end,
}

local function describe_sending(mode)
  local it = mode.it

  for name, send in pairs(sendings) do
    it(name .. ' tells how much went while the peer does not read, and the rest can follow', function()
      local client, go, finish = against(function(sock, wait)
        wait()
        assert(network.receive_all(sock) == long, 'not what was sent')
      end, 16384)
      local file = file_of(long)
      client:sndbuf(65536)
      client:deadlines(nil, 10)
      local sent = 0
      for i = 1, 3 do
        local n, err, timeout = send(client, sent, file)
        assert.same({ true }, { timeout, err })
        assert.is_true(n < #long - sent and (n > 0 or i > 1))
        sent = sent + n
      end
      go()
      client:deadlines(nil, PATIENCE)
      answer(send(client, sent, file)):is_exactly(#long - sent)
      client:closew()
      finish()
    end)

    it(name .. ' gives nothing but nil when the peer resets the connection meanwhile', function()
      local client, go, finish = against(function(sock, wait)
        wait()
        assert(sock:recv())
        reset(sock)
      end, 16384)
      client:sndbuf(65536)
      client:onwaitsend(function()
        go()
        return true
      end)
      answer(send(client, 0, file_of(long))):is()
      answer(client:send('x')):is()
      finish()
    end)
  end

  it('all that is sent comes to a peer that has ended its side before', function()
    local client, _, finish = against(function(sock)
      sock:send('bye\n')
      sock:shutdown(SHUT_WR)
      assert(network.receive_all(sock) == long, 'not what was sent')
    end)
    answer(client:readline()):is('bye')
    answer(client:readline()):is()
    answer(client:send(long)):is_exactly(#long)
    answer(client:closew()):is()
    finish()
  end)
end

modes.each(function(mode)
  describe('socat:', function()
    describe_socat(mode)
  end)
  describe('curl:', function()
    describe_curl(mode)
  end)
  describe('a hostile peer:', function()
    describe_receiving(mode)
    describe_sending(mode)
  end)
end)

-- What handlers of serve do when a client stalls, or resets its connection, in the middle.
local handlers = {
  readline = function(sock) return sock:readline() end,
  readn = function(sock) return sock:readn(100000) end,
  recv = function(sock)
    assert.equal('x', sock:recv(1))
    return sock:recv()
  end,
  send = function(sock) return sock:send(long:rep(10)) end,
  sendfile = function(sock) return sock:sendfile(file_of(long:rep(10)), 10 * #long) end,
}

describe('serve', function()
  for name, handle in pairs(handlers) do
    for _, deed in ipairs({ 'stalls', 'resets the connection' }) do
      it(('goes on when a client %s during %s'):format(deed, name), loops.task(function()
        local server, port = modes.listener()
        local ended = {}
        local serving = loop.spawn(server.serve, server, function(sock)
          if patient(sock):peek(1) == '!' then
            sock:send('fine')
          else
            local msec = deed == 'stalls' and 15 or PATIENCE
            sock:deadlines(msec, msec)
            table.insert(ended, loops.pack(handle(sock)))
          end
        end)
        local rude = hostile.client(port)
        rude:send('x')
        loops.settle()
        if deed ~= 'stalls' then
          reset(rude)
        end
        local good = patient(inet.client.new({ host = '127.0.0.1', port = port }))
        good:send('!')
        answer(good:readn(4)):is('fine')
        server:stop()
        assert.same({ true, true }, { serving:join(loops.patience) })
        assert.equal(1, #ended)
        assert.equal(deed == 'stalls' or nil, ended[1][3])
      end))
    end
  end
end)
