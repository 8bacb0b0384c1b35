-- SPDX-License-Identifier: MIT
-- Streams: servers, clients, accepted connections, files, and the descriptors that they take and give.

local descriptors = require('descriptors')
local llsocket = require('llsocket')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')

local answer, pair, tcp, keep = modes.answer, modes.pair, modes.tcp, network.keep
local inet = net.stream.inet
local PATIENCE = 20000 -- milliseconds

after_each(loops.assert_idle)

local function refused(port)
  return modes.failure('ECONNREFUSED', 'connect') .. (' (127.0.0.1:%d)'):format(port)
end

-- A port where nobody listens.
local function free_port()
  local server, port = modes.listener()
  server:close()
  return port
end

local file_of = modes.file_of

local function closed_file()
  local file = file_of('')
  file:close()
  return file
end

modes.each(function(mode)
  local it = mode.it

  describe('a server', function()
    it('has the port that the kernel picked for port 0, given as a number or a string', function()
      for _, port in ipairs({ 0, '0' }) do
        local server = assert(inet.server.new({ host = '127.0.0.1', port = port }))
        local ai = server:getsockname()
        assert.equal('127.0.0.1', ai:addr())
        assert.is_true(ai:port() > 0)
        assert.equal(inet.Server, getmetatable(server))
        server:close()
      end
    end)

    it('has reuseaddr unless it is told otherwise, and reuseport if it is told so', function()
      local server = modes.listener()
      answer(server:reuseaddr()):is(true)
      answer(server:reuseport()):is(false)
      server = modes.listener({ reuseaddr = false, reuseport = true })
      answer(server:reuseaddr()):is(false)
      answer(server:reuseport()):is(true)
    end)

    it('names the address that is in use, and leaves no descriptor', function()
      local _, port = modes.listener()
      local before = descriptors.list()
      answer(inet.server.new({ host = '127.0.0.1', port = port })):is(
        nil, modes.failure('EADDRINUSE', 'bind') .. (' (127.0.0.1:%d)'):format(port)
      )
      assert.same(before, descriptors.list())
    end)

    it('of any class is made of a socket that is bound already', function()
      local Greeter = net.class('Greeter', inet.Server)
      function Greeter:createConnection(sock)
        sock:send('welcome')
        return inet.Server.createConnection(self, sock)
      end
      local listener, port = modes.listener()
      local server = keep(assert(Greeter.new(assert(llsocket.socket.wrap(listener.sock:unwrap())))))
      assert.equal(Greeter, getmetatable(server))
      answer(server:isnonblock()):is(mode.is_loop)
      local client = assert(inet.client.new({ host = '127.0.0.1', port = port }))
      assert(server:accept())
      answer(client:recv()):is('welcome')
      answer(pcall(inet.server.new, io.stdout)):is(
        false, "bad argument #1 to 'new' (llsocket.socket expected, got userdata)"
      )
    end)

    it('listens, and acceptconn tells so', function()
      local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
      answer(server:acceptconn()):is(false)
      answer(server:listen()):is()
      answer(server:acceptconn()):is(true)
      answer(server:listen(1)):is()
      modes.refuses(server, 'listen', { 'x' }, 1, 'integer expected, got string')
      server:close()
      answer(server:listen()):is(modes.failure('EBADF', 'listen'))
    end)

    it('accepts as often as clients come, each with its own address', function()
      local server, port = modes.listener()
      for _ = 1, 3 do
        local client = assert(inet.client.new({ host = '127.0.0.1', port = port }))
        local connection = assert(server:accept())
        assert.equal(client:getsockname():port(), connection:getpeername():port())
        assert.equal(port, connection:getsockname():port())
        answer(connection:isnonblock()):is(mode.is_loop)
      end
    end)

    it('waits for a client', function()
      local server, port = modes.listener()
      local finish = mode.beside(function()
        local client = assert(inet.client.new({ host = '127.0.0.1', port = port }))
        answer(client:recv()):is('welcome')
      end)
      assert(server:accept()):send('welcome')
      finish()
    end)

    it('keeps its deadlines to itself', function()
      local server, port = modes.listener()
      server:deadlines(PATIENCE, PATIENCE)
      keep(assert(inet.client.new({ host = '127.0.0.1', port = port })))
      local sock = keep(assert(server:accept()))
      answer(sock:deadlines()):is()
      answer(sock:rcvtimeo()):is(0)
      answer(sock:sndtimeo()):is(0)
    end)

    for _, name in ipairs({ 'accept', 'acceptfd' }) do
      it(name .. ' gives nil, nil, true when the deadline is over, and asks the hook before it waits', function()
        local server = modes.listener()
        server:deadlines(20)
        answer(server[name](server)):is_exactly(nil, nil, true)
        server:onwaitrecv(function()
          return nil, 'not now'
        end)
        answer(server[name](server)):is(nil, 'not now')
      end)

      it(name .. ' fails where the socket does not listen, or is closed', function()
        local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
        answer(server[name](server)):fails('EINVAL', 'accept')
        server:close()
        answer(server[name](server)):fails('EBADF', 'accept')
      end)
    end

    it('acceptfd gives a descriptor that is the caller\'s', function()
      local server, port = modes.listener()
      local client = assert(inet.client.new({ host = '127.0.0.1', port = port }))
      local fd = assert(server:acceptfd())
      assert.is_true(descriptors.is_close_on_exec(fd))
      local connection = assert(net.stream.wrap(fd))
      assert.equal(net.stream.Socket, getmetatable(connection))
      client:send('hello')
      answer(connection:recv()):is('hello')
    end)
  end)

  describe('a client', function()
    it('names the address that refuses, and leaves no descriptor', function()
      local port = free_port()
      local before = descriptors.list()
      answer(inet.client.new({ host = '127.0.0.1', port = port })):is(nil, refused(port))
      answer(inet.client.new({ host = '127.0.0.1', port = tostring(port) }, true, PATIENCE)):is(nil, refused(port))
      assert.same(before, descriptors.list())
    end)

    it('is made without a connection, and connects later', function()
      local server, port = modes.listener()
      local client = assert(inet.client.new({ host = '127.0.0.1', port = port }, false))
      answer(client:fd()):is(-1)
      answer(client:send('x')):fails('EBADF', 'send')
      client:deadlines(1000, 2000)
      answer(client:connect(PATIENCE)):is()
      answer(client:deadlines()):is(1000, 2000)
      answer(client:isnonblock()):is(mode.is_loop)
      client:send('hello')
      answer(assert(server:accept()):recv()):is('hello')
    end)

    it('connects again, and then the old connection is closed', function()
      local client, connection, server = tcp()
      client:deadlines(PATIENCE)
      client:onwaitrecv(function()
        return nil, 'hooked'
      end)
      local before = #descriptors.list()
      answer(client:connect()):is()
      assert.equal(before, #descriptors.list())
      answer(connection:recv()):is()
      local again = assert(server:accept())
      again:send('again')
      assert(client.sock:recvable(PATIENCE))
      answer(client:recv()):is('again')
      answer(client:recv()):is(nil, 'hooked')
      answer(client:deadlines()):is(PATIENCE)
    end)

    it('keeps the old connection if it cannot connect again', function()
      local client, connection, server = tcp()
      local port = server:getsockname():port()
      server:close()
      answer(client:connect()):is(refused(port))
      connection:send('old')
      answer(client:recv()):is('old')
    end)

    it('gives up when the time is over, which names the address, and leaves no descriptor', function()
      local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
      server:listen(0)
      local port = server:getsockname():port()
      local before, client, err, timeout
      for _ = 1, 10 do -- until the queue of the server is full
        before = descriptors.list()
        client, err, timeout = inet.client.new({ host = '127.0.0.1', port = port }, true, 100)
        if not client then
          break
        end
        keep(client)
      end
      local expected = modes.failure('ETIMEDOUT', 'connect') .. (' (127.0.0.1:%d)'):format(port)
      assert.same({ nil, expected, true }, { client, err, timeout })
      assert.same(before, descriptors.list())
    end)

    it('says what host it does not know', function()
      local client, err = inet.client.new({ host = 'no.such.host.invalid', port = 1 })
      assert.is_nil(client)
      assert.is_truthy(err:find('^%[EAI_%u+:%-?%d+%]%[getaddrinfo%] .* %(no%.such%.host%.invalid:1%)$'), err)
    end)
  end)

  describe('sendfile', function()
    for _, name in ipairs({ 'sendfile', 'sendfilesync' }) do
      it(name .. ' sends a part of a file, and less at its end', function()
        local a, b = pair()
        local file = file_of('0123456789')
        answer(a[name](a, file, 10)):is_exactly(10)
        answer(b:recv()):is('0123456789')
        answer(a[name](a, file, 3, 4)):is_exactly(3)
        answer(b:recv()):is('456')
        answer((a[name](a, file, 99, 8))):is(2)
        answer((a[name](a, file, 99, 10))):is(0)
        answer(a[name](a, file, 0)):is(0)
        answer(b:recv()):is('89')
      end)

      it(name .. ' tells how much went when the time is over', function()
        local a, b = pair()
        local text = loops.pattern(1000000)
        local file = file_of(text)
        a:deadlines(nil, 40)
        local n, err, timeout = a[name](a, file, #text)
        assert.same({ true }, { timeout, err })
        a:closew()
        assert.is_true(modes.receive_all(b) == text:sub(1, n))
      end)

      it(name .. ' gives nothing but nil when the peer has gone', function()
        local a, b = pair()
        b:close()
        answer(a[name](a, file_of('x'), 1)):is()
      end)

      it(name .. ' asks the hook before it waits, and tells how much went', function()
        local a, b = pair()
        local file = file_of(('x'):rep(1000000))
        a:deadlines(nil, 2000)
        local left
        a:onwaitsend(function(_, msec)
          left = msec
          return nil, 'full'
        end)
        local n, err = a[name](a, file, 1000000)
        assert.equal('full', err)
        assert.is_true(left > 1000, 'it blocked before')
        a:closew()
        assert.equal(n, #modes.receive_all(b))
      end)
    end

    it('sends all of a long file', function()
      local a, b = tcp()
      local text = loops.pattern(3000000)
      local file = file_of(text)
      local finish = mode.beside(function()
        assert.is_true(modes.receive_all(b, #text) == text)
      end)
      answer(a:sendfile(file, #text)):is(#text)
      finish()
    end)
  end)

  describe('net.stream.wrap', function()
    it('gives the class of the descriptor, which is then the socket\'s', function()
      for family, class in pairs({ [net.AF_INET] = net.stream.Socket, [net.AF_UNIX] = net.stream.unix.Socket }) do
        local fd = assert(llsocket.socket.new(family, net.SOCK_STREAM)):unwrap()
        local sock = assert(net.stream.wrap(fd))
        assert.equal(class, getmetatable(sock))
        answer(sock:isnonblock()):is(mode.is_loop)
        answer(sock:close()):is()
        assert.is_false(descriptors.is_open(fd))
      end
    end)

    it('takes the deadlines over from options where the socket blocks', function()
      local made = assert(llsocket.socket.new(net.AF_UNIX, net.SOCK_STREAM))
      made:rcvtimeo(2)
      local sock = assert(net.stream.wrap(made:unwrap()))
      answer(sock:deadlines()):is(not mode.is_loop and 2000 or nil)
    end)

    it('leaves a descriptor of another kind open and the program\'s', function()
      local made = assert(llsocket.socket.new(net.AF_INET, net.SOCK_DGRAM))
      answer(net.stream.wrap(made:fd())):fails('EPROTOTYPE', 'wrap')
      local file = file_of('x')
      local fd, other = descriptors.of(function()
        return assert(io.open('/dev/null'))
      end)
      answer(net.stream.wrap(fd)):fails('ENOTSOCK')
      assert.equal('x', file:read('*a'))
      collectgarbage()
      collectgarbage()
      assert.is_true(descriptors.is_open(fd) and descriptors.is_open(made:fd()))
      assert.is_false(descriptors.is_nonblocking(made:fd()))
      other:close()
      answer(net.stream.wrap(fd)):fails('EBADF')
    end)
  end)

  describe('addresses', function()
    it('of hosts are addrinfo objects', function()
      local ai = assert(net.stream.getaddrinfoin({ host = '::1', port = 80, numeric = true }))
      assert.same({ net.AF_INET6, net.SOCK_STREAM, '::1', 80 }, { ai:family(), ai:socktype(), ai:addr(), ai:port() })
      ai = assert(net.stream.getaddrinfoin({ port = '0', passive = true }))
      assert.is_truthy(ai:addr() == '0.0.0.0' or ai:addr() == '::')
      local nobody, err = net.stream.getaddrinfoin({ host = 'localhost', numeric = true })
      assert.is_nil(nobody)
      assert.equal(modes.failure('EAI_NONAME', 'getaddrinfo') .. ' (localhost:0)', err)
    end)
  end)

  it('wrong arguments raise errors that name them, in the line of the program', function()
    local address = { host = '127.0.0.1', port = 1 }
    local tls = "field 'tlscfg': "
      .. (net.tls.available and 'net.tls.config expected, got table' or 'this build has no TLS')
    for _, case in ipairs({
      { inet.server, 'new', {}, 1, 'table expected, got nil' },
      { inet.server, 'new', { { host = 1 } }, 1, "field 'host': string expected, got number" },
      { inet.server, 'new', { { port = {} } }, 1, "field 'port': string or integer expected, got table" },
      { inet.server, 'new', { { port = 65536 } }, 1, "field 'port': out of range (0 to 65535)" },
      { inet.server, 'new', { { port = '65536' } }, 1, "field 'port': out of range (0 to 65535)" },
      { inet.server, 'new', { { port = '-1' } }, 1, "field 'port': out of range (0 to 65535)" },
      { inet.server, 'new', { { host = '127.0.0.1\0' } }, 1, "field 'host': string contains NUL" },
      { inet.server, 'new', { { reuseaddr = 1 } }, 1, "field 'reuseaddr': boolean expected, got number" },
      { inet.server, 'new', { { tlscfg = {} } }, 1, tls },
      { inet.client, 'new', { 'x' }, 1, 'table expected, got string' },
      { inet.client, 'new', { { tcpnodelay = 'x' } }, 1, "field 'tcpnodelay': boolean expected, got string" },
      { inet.client, 'new', { { servername = 1 } }, 1, "field 'servername': string expected, got number" },
      { inet.client, 'new', { address, 1 }, 2, 'boolean expected, got number' },
      { inet.client, 'new', { address, true, 'x' }, 3, 'number expected, got string' },
      { inet.client, 'new', { address, true, -1 }, 3, 'out of range (0 to 2147483647)' },
      { net.stream, 'wrap', { 'x' }, 1, 'integer expected, got string' },
      { net.stream, 'wrap', {}, 1, 'integer expected, got nil' },
      { net.stream, 'getaddrinfoin', {}, 1, 'table expected, got nil' },
      { net.stream, 'getaddrinfoin', { { host = {} } }, 1, "field 'host': string expected, got table" },
      { net, 'shutdown', { 'x' }, 1, 'integer expected, got string' },
      { net, 'close', {}, 1, 'integer expected, got nil' },
    }) do
      modes.function_refuses(case[1], case[2], case[3], case[4], case[5])
    end
    local a, file = pair(), file_of('x')
    for _, case in ipairs({
      { 'sendfile', { 'x', 1 }, 1, 'file or integer expected, got string' },
      { 'sendfile', { file, 'x' }, 2, 'integer expected, got string' },
      { 'sendfile', { file }, 2, 'integer expected, got nil' },
      { 'sendfile', { file, 1, {} }, 3, 'integer expected, got table' },
      { 'sendfilesync', { file, 'x' }, 2, 'integer expected, got string' },
      { 'sendfile', { closed_file(), 1 }, 1, 'file is closed' },
    }) do
      modes.refuses(a, case[1], case[2], case[3], case[4])
    end
    modes.refuses(tcp(), 'connect', { 'x' }, 1, 'number expected, got string')
  end)
end)
