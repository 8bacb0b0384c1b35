-- SPDX-License-Identifier: MIT
-- Unix sockets: servers and clients at paths, pairs, and descriptors that are passed.

local descriptors = require('descriptors')
local llsocket = require('llsocket')
local loops = require('loops')
local messages = require('messages')
local modes = require('modes')
local net = require('net')
local network = require('network')

local answer, pair, keep = modes.answer, modes.pair, network.keep
local unix = net.stream.unix
local PATIENCE = 20000 -- milliseconds

after_each(loops.assert_idle)

-- Calls the function with a server that listens, and its path.
local function with_server(backlog, fn)
  local path = network.free_path()
  local server = keep(assert(unix.server.new({ path = path })))
  assert.is_nil(server:listen(backlog))
  local ok, err = net.pcall(fn, server, path)
  os.remove(path)
  if not ok then
    error(err, 0)
  end
end

modes.each(function(mode)
  local it = mode.it

  describe('a server', function()
    it('accepts clients at its path, under either name of the option', function()
      with_server(nil, function(server, path)
        for _, option in ipairs({ 'path', 'pathname' }) do
          local client = assert(unix.client.new({ [option] = path }, true, PATIENCE))
          local connection = assert(server:accept())
          assert.same({ unix.Client, unix.Socket }, { getmetatable(client), getmetatable(connection) })
          assert.equal(path, client:getpeername():addr())
          answer(connection:isnonblock()):is(mode.is_loop)
          connection:send('hello')
          answer(client:recv()):is('hello')
        end
      end)
    end)

    it('is made of a socket that is bound already', function()
      with_server(nil, function(server, path)
        local other = keep(assert(unix.server.new(assert(llsocket.socket.wrap(server.sock:unwrap())))))
        local client = assert(unix.client.new({ path = path }, true, PATIENCE))
        local connection = assert(other:accept())
        assert.equal(unix.Socket, getmetatable(connection))
        connection:send('hello')
        answer(client:recv()):is('hello')
      end)
    end)

    it('passes descriptors over the connections that it accepts', function()
      with_server(nil, function(server, path)
        local client = assert(unix.client.new({ path = path }))
        local connection = assert(server:accept())
        assert(connection:sendfd(server:fd()))
        local fd = assert(client:recvfd())
        assert.is_true(messages.is_same_file(fd, server:fd()))
        net.close(fd)
      end)
    end)

    it('names the path that is in use, and leaves no descriptor', function()
      with_server(nil, function(_, path)
        local before = descriptors.list()
        local expected = ('%s (%s)'):format(modes.failure('EADDRINUSE', 'bind'), path)
        answer(unix.server.new({ path = path })):is(nil, expected)
        assert.is_truthy(select(2, unix.server.new({ path = ('x'):rep(200) })):find('^%[ENAMETOOLONG:'))
        assert.same(before, descriptors.list())
      end)
    end)
  end)

  describe('a client', function()
    it('names the path where nobody is, and leaves no descriptor', function()
      local path = network.free_path()
      local before = descriptors.list()
      local expected = ('%s (%s)'):format(modes.failure('ENOENT', 'connect'), path)
      answer(unix.client.new({ path = path })):is(nil, expected)
      local client = assert(unix.client.new({ path = path }, false))
      answer(client:connect(PATIENCE)):is(expected)
      answer(client:fd()):is(-1)
      assert.same(before, descriptors.list())
    end)

    it('connects again, and then the old connection is closed', function()
      with_server(nil, function(server, path)
        local client = assert(unix.client.new({ path = path }))
        local connection = assert(server:accept())
        answer(client:connect()):is()
        answer(connection:recv()):is()
        assert(server:accept()):send('again')
        answer(client:recv()):is('again')
      end)
    end)

    -- Clients that fill the server's queue.
    local function fill_queue(path)
      while true do
        local client, err, timeout = unix.client.new({ path = path }, true, 50)
        if not client then
          return err, timeout
        end
        keep(client)
      end
    end

    it('gives up when the server\'s queue is full until the time is over', function()
      with_server(0, function(_, path)
        local before = #descriptors.list()
        local err, timeout = fill_queue(path)
        assert.equal(('%s (%s)'):format(modes.failure('ETIMEDOUT', 'connect'), path), err)
        assert.is_true(timeout)
        assert.equal(before + 1, #descriptors.list())
      end)
    end)

    it('waits until the server\'s queue has room', function()
      with_server(0, function(server, path)
        fill_queue(path)
        local finish = mode.beside(function()
          assert(server:accept())
        end)
        keep(assert(unix.client.new({ path = path }, true, PATIENCE)))
        finish()
      end)
    end)
  end)

  describe('a pair', function()
    it('is connected, and of its class', function()
      for _, case in ipairs({ { unix.pair, unix.Socket }, { net.dgram.unix.pair, net.dgram.unix.Socket } }) do
        local socks = assert(case[1]())
        assert.equal(2, #socks)
        for i = 1, 2 do
          assert.equal(case[2], getmetatable(socks[i]))
          answer(socks[i]:isnonblock()):is(mode.is_loop)
          answer(socks[i]:send(tostring(i))):is(1)
        end
        answer(socks[1]:recv()):is('2')
        answer(socks[2]:recv()):is('1')
      end
    end)
  end)

  for _, suffix in ipairs({ '', 'sync' }) do
    local sendfd, recvfd = 'sendfd' .. suffix, 'recvfd' .. suffix

    for kind, make in pairs({ stream = modes.pair, datagram = modes.dgram_pair }) do
      it(('%s and %s pass a descriptor over a %s socket'):format(sendfd, recvfd, kind), function()
        local a, b = make()
        local before = descriptors.list()
        local n, err, timeout = a[sendfd](a, b:fd())
        assert.same({ 0 }, { n, err, timeout })
        local fd = assert(b[recvfd](b))
        assert.is_true(descriptors.is_close_on_exec(fd))
        assert.is_true(messages.is_same_file(fd, b:fd()))
        answer(net.close(fd)):is()
        assert.same(before, descriptors.list())
      end)
    end

    it(recvfd .. ' gives nil, nil, true when the time is over, and loses nothing', function()
      local a, b = pair()
      b:deadlines(20)
      answer(b[recvfd](b)):is_exactly(nil, nil, true)
      a:sendfd(a:fd())
      local fd = assert(b[recvfd](b))
      net.close(fd)
    end)

    it(recvfd .. ' asks the hook before it waits', function()
      local a, b = pair()
      b:onwaitrecv(function()
        return nil, 'not now'
      end)
      answer(b[recvfd](b)):is(nil, 'not now')
      a:sendfd(a:fd())
      net.close(assert(b[recvfd](b)))
    end)

    it(recvfd .. ' gives nothing but nil at the end of the stream', function()
      local a, b = pair()
      a:close()
      answer(b[recvfd](b)):is()
    end)

    it(recvfd .. ' says that no descriptor is next, and takes nothing', function()
      local a, b = pair()
      b:deadlines(PATIENCE)
      a:send('data')
      answer(b[recvfd](b)):fails('ENOMSG')
      answer(b:recv()):is('data')
    end)

    it(recvfd .. ' waits for what comes', function()
      local a, b = pair()
      local finish = mode.beside(function()
        answer(a:recv()):is('ready')
        answer(a[sendfd](a, a:fd())):is(0)
      end)
      b:send('ready')
      net.close(assert(b[recvfd](b)))
      finish()
    end)

    it(sendfd .. ' waits for room, until the time is over', function()
      local a, b = pair()
      local filled = modes.fill(a)
      a:deadlines(nil, 20)
      answer(a[sendfd](a, a:fd())):is_exactly(0, nil, true)
      a:onwaitsend(function()
        return nil, 'full'
      end)
      answer(a[sendfd](a, a:fd())):is(nil, 'full')
      a:onwaitsend(nil)
      a:deadlines(nil, PATIENCE)
      local finish = mode.beside(function()
        assert.equal(filled, #modes.receive_all(b, filled))
      end)
      answer(a[sendfd](a, a:fd())):is(0)
      finish()
      net.close(assert(b:recvfd()))
    end)

    it(sendfd .. ' gives nothing but nil when the peer has gone', function()
      local a, b = pair()
      b:close()
      answer(a[sendfd](a, a:fd())):is()
    end)

    it(sendfd .. ' cannot pass what is no descriptor', function()
      local a = pair()
      answer(a[sendfd](a, 100000)):fails('EBADF')
      modes.refuses(a, sendfd, {}, 1, 'integer expected, got nil')
      modes.refuses(a, sendfd, { 'x' }, 1, 'integer expected, got string')
      modes.refuses(a, sendfd, { -1 }, 1, 'out of range (0 to 2147483647)')
      modes.refuses(a, sendfd, { 0, 'x' }, 2, 'llsocket.addrinfo expected, got string')
    end)

    it(sendfd .. ' passes a descriptor to an address', function()
      local path = network.free_path()
      local a, b = assert(net.dgram.unix.new({ path = path })), assert(net.dgram.unix.new({ path = path }))
      a:bind()
      answer(b[sendfd](b, b:fd(), net.dgram.getaddrinfoun({ path = path }))):is(0)
      os.remove(path)
      net.close(assert(a[recvfd](a)))
    end)
  end

  it('descriptors that nobody took are closed with the socket', function()
    local before = descriptors.list()
    local socks = assert(unix.pair())
    socks[1]:sendfd(socks[1]:fd())
    socks[1]:close()
    socks[2]:close()
    assert.same(before, descriptors.list())
  end)

  it('wrong options raise errors that name them, in the line of the program', function()
    local path = { path = '/tmp/x' }
    for _, module in ipairs({ unix.server, unix.client }) do
      modes.function_refuses(module, 'new', {}, 1, 'table expected, got nil')
      modes.function_refuses(module, 'new', { {} }, 1, "field 'path': string expected, got nil")
      modes.function_refuses(module, 'new', { { pathname = 1 } }, 1, "field 'pathname': string expected, got number")
      modes.function_refuses(module, 'new', { { path = '/tmp/x', tlscfg = {} } }, 1,
        "field 'tlscfg': " .. (net.tls.available and 'net.tls.config expected, got table' or 'this build has no TLS'))
    end
    modes.function_refuses(unix.client, 'new', { path, 'x' }, 2, 'boolean expected, got string')
    modes.function_refuses(unix.client, 'new', { path, true, 0 / 0 }, 3, 'out of range (0 to 2147483647)')
    modes.function_refuses(net.stream, 'getaddrinfoun', {}, 1, 'table expected, got nil')
    modes.refuses(assert(unix.client.new(path, false)), 'connect', { -1 }, 1, 'out of range (0 to 2147483647)')
  end)
end)
