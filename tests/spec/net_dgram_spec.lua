-- SPDX-License-Identifier: MIT
-- Datagram sockets: addresses, multicast, and what their classes take and give.

local descriptors = require('descriptors')
local llsocket = require('llsocket')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')

local answer, udp, keep = modes.answer, modes.udp, network.keep
local inet, unix = net.dgram.inet, net.dgram.unix
local GROUP, SOURCES = '239.255.71.5', { '127.0.0.2', '127.0.0.3' }

after_each(loops.assert_idle)

local function fields_of(ai)
  return { ai:family(), ai:socktype(), ai:addr(), ai:port() }
end

modes.each(function(mode)
  local it = mode.it

  describe('of UDP,', function()
    it('a socket has the port that the kernel picked for port 0', function()
      local sock = assert(inet.new({ host = '127.0.0.1', port = '0' }))
      assert.equal(inet.Socket, getmetatable(sock))
      assert.equal(0, sock:getsockname():port())
      answer(sock:bind()):is()
      assert.is_true(sock:getsockname():port() > 0)
      answer(sock:isnonblock()):is(mode.is_loop)
    end)

    it('a socket has the family of its host', function()
      local sock = inet.new({ host = '::1' })
      if not sock or sock:bind() then
        return pending('this machine has no ::1')
      end
      assert.equal(net.AF_INET6, sock:family())
      answer(sock:sendto('x', sock:getsockname())):is(1)
      local text, ai = sock:recvfrom()
      assert.same({ 'x', '::1' }, { text, ai:addr() })
    end)

    it('a passive socket without a host takes what comes from anywhere', function()
      local sock = assert(inet.new({ passive = true, reuseaddr = true, reuseport = true }))
      answer(sock:bind()):is()
      assert.is_truthy(sock:getsockname():addr() == '0.0.0.0' or sock:getsockname():addr() == '::')
      answer(sock:reuseaddr()):is(true)
      answer(sock:reuseport()):is(true)
    end)

    it('bind and connect take an address, and without one that of new', function()
      local sock, address = udp()
      local other = assert(inet.new({ host = '127.0.0.1', port = address:port() }))
      answer(other:bind({ host = '127.0.0.1', port = 0 })):is()
      answer(other:connect()):is()
      assert.equal(address:port(), other:getpeername():port())
      answer(sock:connect({ host = '127.0.0.1', port = tostring(other:getsockname():port()) })):is()
      other:send('hello')
      answer(sock:recv()):is('hello')
    end)

    it('bind says what address it cannot have', function()
      local _, address = udp()
      local sock = assert(inet.new({ host = '127.0.0.1', port = address:port() }))
      answer(sock:bind()):is(modes.failure('EADDRINUSE', 'bind'))
      assert.is_truthy(sock:bind({ host = 'no.such.host.invalid' }):find('^%[EAI_'))
    end)

    for _, suffix in ipairs({ '', 'sync' }) do
      local recvfrom, sendto = 'recvfrom' .. suffix, 'sendto' .. suffix

      it(sendto .. ' and ' .. recvfrom .. ' keep datagrams and their senders apart', function()
        local a, a_address = udp()
        local b, b_address = udp()
        local c, c_address = udp()
        answer(a[sendto](a, 'from a', c_address)):is_exactly(6)
        answer(b[sendto](b, '', c_address)):is_exactly(0)
        local text, ai, err = c[recvfrom](c)
        assert.same({ 'from a', fields_of(a_address) }, { text, fields_of(ai), err })
        text, ai, err = c[recvfrom](c, 10)
        assert.same({ '', fields_of(b_address) }, { text, fields_of(ai), err })
      end)

      it(recvfrom .. ' gives nil, nil, nil, true when the time is over, and loses nothing', function()
        local a, b = udp(), udp()
        b:deadlines(20)
        answer(b[recvfrom](b)):is_exactly(nil, nil, nil, true)
        a:sendto('later', b:getsockname())
        answer((b[recvfrom](b))):is('later')
      end)

      it(recvfrom .. ' asks the hook before it waits', function()
        local a, b = udp(), udp()
        b:onwaitrecv(function()
          return nil, 'not now', true
        end)
        answer(b[recvfrom](b)):is(nil, nil, 'not now', true)
        a:sendto('there', b:getsockname())
        answer((b[recvfrom](b))):is('there')
      end)

      it(recvfrom .. ' cuts what does not fit', function()
        local a, b = udp(), udp()
        a:sendto('hello', b:getsockname())
        a:sendto('next', b:getsockname())
        answer((b[recvfrom](b, 2))):is('he')
        answer((b[recvfrom](b))):is('next')
      end)

      it(recvfrom .. ' waits for what comes', function()
        local a, b = udp(), udp()
        local finish = mode.beside(function()
          local text, ai = a:recvfrom()
          answer(a[sendto](a, text .. ' answer', ai)):is(15)
        end)
        b:sendto('question', a:getsockname())
        answer((b[recvfrom](b))):is('question answer')
        finish()
      end)

      it('both give EBADF of a closed socket', function()
        local a, address = udp()
        a:close()
        answer(a[sendto](a, 'x', address)):fails('EBADF')
        answer(a[recvfrom](a)):fails('EBADF', nil, 2)
        assert.is_truthy(a:bind():find('[EBADF:9]', 1, true))
        assert.is_truthy(a:connect():find('[EBADF:9]', 1, true))
        assert.is_truthy(a:mcastjoin(GROUP, 'lo'):find('[EBADF:9]', 1, true))
        answer(a:broadcast(true)):fails('EBADF')
      end)
    end

    it('what is too long is the kernel\'s error', function()
      local a, address = udp()
      answer(a:sendto(('x'):rep(70000), address)):fails('EMSGSIZE', 'sendto')
    end)

    it('a port where nobody listens is an error of the next call', function()
      local a, b = udp(), udp()
      local port = b:getsockname():port()
      b:close()
      a:connect({ host = '127.0.0.1', port = port })
      a:send('x')
      answer(a:recv()):fails('ECONNREFUSED', 'recv')
    end)
  end)

  describe('multicast', function()
    -- A receiver that has joined nothing, and what sends to it.
    local function scene()
      local receiver = udp('0.0.0.0')
      receiver:mcastall(false)
      local ai = assert(net.dgram.getaddrinfoin({ host = GROUP, port = receiver:getsockname():port() }))
      local senders = {}
      for i, source in ipairs(SOURCES) do
        senders[i] = udp(source)
        answer(senders[i]:mcastif('lo')):is('lo')
      end
      receiver:deadlines(2000)
      return receiver, function(text, who)
        answer(senders[who or 1]:sendto(text, ai)):is(#text)
      end
    end

    it('reaches those who have joined, until they leave', function()
      local receiver, send = scene()
      send('early')
      answer(receiver:mcastjoin(GROUP, 'lo')):is()
      send('joined')
      answer(receiver:recv()):is('joined')
      answer(receiver:mcastleave(GROUP, 'lo')):is()
      send('late')
      answer(receiver:mcastjoin(GROUP, 'lo')):is()
      send('again')
      answer(receiver:recv()):is('again')
    end)

    it('from one source reaches those who have joined that', function()
      local receiver, send = scene()
      answer(receiver:mcastjoinsrc(GROUP, SOURCES[2], 'lo')):is()
      send('other', 1)
      send('joined', 2)
      answer(receiver:recv()):is('joined')
      answer(receiver:mcastleavesrc(GROUP, SOURCES[2], 'lo')):is()
      assert.is_truthy(receiver:mcastleavesrc(GROUP, SOURCES[2], 'lo'):find('^%[E%u+:%d+%]%[setsockopt%]'))
    end)

    it('from one source is kept away, until that is unblocked', function()
      local receiver, send = scene()
      receiver:mcastjoin(GROUP, 'lo')
      answer(receiver:mcastblocksrc(GROUP, SOURCES[1], 'lo')):is()
      send('blocked', 1)
      send('other', 2)
      answer(receiver:recv()):is('other')
      answer(receiver:mcastunblocksrc(GROUP, SOURCES[1], 'lo')):is()
      send('unblocked', 1)
      answer(receiver:recv()):is('unblocked')
    end)

    it('needs addresses of groups and names of interfaces', function()
      local sock = udp('0.0.0.0')
      assert.is_truthy(sock:mcastjoin('127.0.0.1', 'lo'):find('^%[EINVAL:22%]'))
      assert.is_truthy(sock:mcastjoin('x', 'lo'):find('^%[EAI_NONAME:'))
      assert.is_truthy(sock:mcastjoin('ff15::1', 'lo'):find('^%[EAI_'))
      assert.is_truthy(sock:mcastjoinsrc(GROUP, 'x', 'lo'):find('^%[EAI_NONAME:'))
      assert.is_truthy(sock:mcastjoin(GROUP, 'no such one'):find('^%[E%u+:%d+%]'))
      modes.refuses(sock, 'mcastjoin', { GROUP .. '\0', 'lo' }, 1, 'string contains NUL')
      modes.refuses(sock, 'mcastleavesrc', { GROUP, '\0', 'lo' }, 2, 'string contains NUL')
    end)
  end)

  describe('of unix,', function()
    it('sockets are bound to paths, and tell from where datagrams come', function()
      local path, other_path = network.free_path(), network.free_path()
      local a = keep(assert(unix.new({ pathname = path })))
      local b = keep(assert(unix.new({ path = other_path })))
      answer(a:bind()):is()
      answer(b:bind({ path = other_path })):is()
      answer(b:connect({ pathname = path })):is()
      b:send('hello')
      local text, ai = a:recvfrom()
      assert.same({ 'hello', other_path }, { text, ai:addr() })
      answer(a:sendto('answer', ai)):is(6)
      answer(b:recv()):is('answer')
      os.remove(path)
      os.remove(other_path)
    end)

    it('new says what path is too long, and connect where nobody is', function()
      assert.is_truthy(select(2, unix.new({ path = ('x'):rep(200) })):find('^%[ENAMETOOLONG:'))
      local sock = assert(unix.new({ path = network.free_path() }))
      answer(sock:connect()):is(modes.failure('ENOENT', 'connect'))
    end)

    it('send tells that nothing went when the time is over', function()
      local a = modes.dgram_pair()
      a:deadlines(nil, 20)
      local n, err, timeout
      repeat
        n, err, timeout = a:send('x')
      until n ~= 1
      assert.same({ 0, nil, true }, { n, err, timeout })
      answer(a:sendsync('x')):is_exactly(0, nil, true)
    end)
  end)

  describe('wrap', function()
    for name, case in pairs({ inet = { net.AF_INET, inet }, unix = { net.AF_UNIX, unix } }) do
      it('of net.dgram.' .. name .. ' takes datagram sockets of its family', function()
        local fd = assert(llsocket.socket.new(case[1], net.SOCK_DGRAM)):unwrap()
        local sock = assert(case[2].wrap(fd))
        assert.equal(case[2].Socket, getmetatable(sock))
        answer(sock:fd()):is(fd)
        answer(sock:isnonblock()):is(mode.is_loop)
        answer(sock:close()):is()
        assert.is_false(descriptors.is_open(fd))
      end)

      it('of net.dgram.' .. name .. ' leaves others open, and as they were', function()
        local other = name == 'inet' and net.AF_UNIX or net.AF_INET
        for _, made in ipairs({
          assert(llsocket.socket.new(other, net.SOCK_DGRAM)), assert(llsocket.socket.new(case[1], net.SOCK_STREAM)),
        }) do
          answer(case[2].wrap(made:fd())):fails('EPROTOTYPE', 'wrap')
          collectgarbage()
          assert.is_true(descriptors.is_open(made:fd()))
          assert.is_false(descriptors.is_nonblocking(made:fd()))
        end
      end)
    end
  end)

  it('net.dgram.getaddrinfoin and getaddrinfoun give addresses of datagram sockets', function()
    local ai = assert(net.dgram.getaddrinfoin({ host = '127.0.0.1', port = 53, numeric = true }))
    assert.same({ net.AF_INET, net.SOCK_DGRAM, '127.0.0.1', 53 }, fields_of(ai))
    ai = assert(net.dgram.getaddrinfoun({ pathname = '/tmp/x' }))
    assert.same({ net.AF_UNIX, net.SOCK_DGRAM, '/tmp/x' }, { ai:family(), ai:socktype(), ai:addr() })
  end)

  it('wrong arguments raise errors that name them, in the line of the program', function()
    local sock = udp()
    for _, case in ipairs({
      { 'sendto', {}, 1, 'string expected, got nil' },
      { 'sendto', { 'x', 'y' }, 2, 'llsocket.addrinfo expected, got string' },
      { 'sendtosync', { 'x', 'y' }, 2, 'llsocket.addrinfo expected, got string' },
      { 'recvfrom', { 'x' }, 1, 'integer expected, got string' },
      { 'recvfromsync', { -1 }, 1, 'out of range (0 to 2147483647)' },
      { 'bind', { 'x' }, 1, 'table expected, got string' },
      { 'connect', { { port = {} } }, 1, "field 'port': string or integer expected, got table" },
      { 'mcastjoin', {}, 1, 'string expected, got nil' },
      { 'mcastjoin', { GROUP, 1 }, 2, 'string expected, got number' },
      { 'mcastleave', { 1 }, 1, 'string expected, got number' },
      { 'mcastjoinsrc', { GROUP }, 2, 'string expected, got nil' },
      { 'mcastleavesrc', { GROUP, {} }, 2, 'string expected, got table' },
      { 'mcastblocksrc', { GROUP, SOURCES[1], 1 }, 3, 'string expected, got number' },
      { 'mcastunblocksrc', {}, 1, 'string expected, got nil' },
      { 'mcastttl', { 'x' }, 1, 'integer expected, got string' },
      { 'mcastloop', { 1 }, 1, 'boolean expected, got number' },
      { 'mcastif', { {} }, 1, 'string expected, got table' },
    }) do
      modes.refuses(sock, case[1], case[2], case[3], case[4])
    end
    for _, case in ipairs({
      { inet, 'new', {}, 'table expected, got nil' },
      { inet, 'new', { { reuseaddr = 1 } }, "field 'reuseaddr': boolean expected, got number" },
      { inet, 'wrap', { 'x' }, 'integer expected, got string' },
      { unix, 'new', {}, 'table expected, got nil' },
      { unix, 'new', { {} }, "field 'path': string expected, got nil" },
      { unix, 'wrap', { {} }, 'integer expected, got table' },
      { net.dgram, 'getaddrinfoin', { 1 }, 'table expected, got number' },
      { net.dgram, 'getaddrinfoun', { { path = 1 } }, "field 'path': string expected, got number" },
    }) do
      modes.function_refuses(case[1], case[2], case[3], 1, case[4])
    end
  end)
end)
