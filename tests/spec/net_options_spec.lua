-- SPDX-License-Identifier: MIT
-- Options of sockets of net: without an argument they read, with one they set, and both answer what is in force.

local descriptors = require('descriptors')
local modes = require('modes')
local net = require('net')
local rows = require('api.options')

local answer, pair, tcp, udp = modes.answer, modes.pair, modes.tcp, modes.udp

local makers = {
  tcp = function()
    return assert(net.stream.inet.server.new({ host = '127.0.0.1', port = 0, tcpnodelay = false, reuseaddr = false }))
  end,
  udp = udp,
  unix = pair,
}

local function udp6()
  return net.dgram.inet.new({ host = '::1', port = 0 })
end

-- A value of this kind that no option takes, and what is expected.
local wrong = {
  boolean = { 'x', 'boolean expected, got string' },
  integer = { 'x', 'integer expected, got string' },
  seconds = { 'x', 'number expected, got string' },
  linger = { 'x', 'integer expected, got string' },
}

local is_refused = { EACCES = true, EPERM = true, ENOPROTOOPT = true, EOPNOTSUPP = true, ENOTSUP = true }

local function is_on(row, kind)
  for _, name in ipairs(row.sockets or {}) do
    if name == kind then
      return true
    end
  end
  return false
end

local function each_kind(row, visit)
  for _, kind in ipairs({ 'tcp', 'udp', 'unix' }) do
    if is_on(row, kind) then
      visit(kind, makers[kind])
    end
  end
end

-- What a row promises of a socket: its sample is set and read, and so is what was there before.
local function check_sample(row, sock)
  local name = row.method
  local before, failure = sock[name](sock)
  local after, err = sock[name](sock, row.sample)
  if err then
    assert.is_true(is_refused[err:match('^%[(%w+):')], name .. ': ' .. err)
    assert.is_nil(after)
    assert.same({ before, failure }, { sock[name](sock) })
    return
  end
  local expected = row.readback == 'doubled' and 2 * row.sample or row.sample
  assert.not_same(before, after)
  assert.equal(expected, after, name)
  answer(sock[name](sock)):is(expected)
end

modes.each(function(mode)
  local it = mode.it

  for _, row in ipairs(rows) do
    if row.access == 'rw' and row.sample ~= nil then
      it(('%s reads what was set'):format(row.method), function()
        each_kind(row, function(_, make)
          local sock = make()
          if sock[row.method] then
            check_sample(row, sock)
          end
        end)
      end)
    end

    if wrong[row.kind] and row.access == 'rw' then
      it(('%s names a wrong argument, in the line of the program'):format(row.method), function()
        each_kind(row, function(_, make)
          local sock = make()
          if sock[row.method] then
            modes.refuses(sock, row.method, { wrong[row.kind][1] }, 1, wrong[row.kind][2])
            modes.refuses(sock, row.method, { {} }, 1, (wrong[row.kind][2]:gsub('string$', 'table')))
          end
        end)
      end)
    end
  end

  it('an option that can only be read refuses an argument', function()
    modes.refuses(pair(), 'acceptconn', { true }, 1, 'the option can only be read')
  end)

  it('linger that is off is nil', function()
    local a = tcp()
    answer(a:linger()):is()
    answer(a:linger(0)):is(0)
    answer(a:linger(5)):is(5)
    answer(a:linger(-1)):is()
    answer(a:linger()):is()
  end)

  it('rcvtimeo and sndtimeo keep their fraction, and 0 is none', function()
    local a = udp()
    for _, name in ipairs({ 'rcvtimeo', 'sndtimeo' }) do
      answer(a[name](a)):is(0)
      answer(a[name](a, 1.5)):is(1.5)
      answer(a[name](a, 0)):is(0)
    end
  end)

  it('what the kernel refuses is nil and what it says', function()
    answer(pair():tcpnodelay(true)):fails('EOPNOTSUPP')
    answer(pair():tcpnodelay()):fails('EOPNOTSUPP')
    answer(udp():mtu()):fails('ENOTCONN')
  end)

  it('cloexec is on from the first moment and can be turned off', function()
    local a = pair()
    answer(a:cloexec()):is(true)
    answer(a:cloexec(false)):is(false)
    assert.is_false(descriptors.is_close_on_exec(a:fd()))
    answer(a:cloexec(true)):is(true)
    modes.refuses(a, 'cloexec', { 1 }, 1, 'boolean expected, got number')
  end)

  it('isnonblock tells how the socket was made', function()
    for _, sock in ipairs({ pair(), tcp(), select(2, tcp()), udp(), modes.dgram_pair() }) do
      answer(sock:isnonblock()):is(mode.is_loop)
      assert.equal(mode.is_loop, descriptors.is_nonblocking(sock:fd()))
    end
  end)

  it('family, socktype and protocol tell what the socket is', function()
    local client, connection, server = tcp()
    for _, sock in ipairs({ client, connection, server }) do
      answer(sock:family()):is(net.AF_INET)
      answer(sock:socktype()):is(net.SOCK_STREAM)
      answer(sock:protocol()):is(net.IPPROTO_TCP)
    end
    local a = pair()
    assert.same({ net.AF_UNIX, net.SOCK_STREAM, 0 }, { a:family(), a:socktype(), a:protocol() })
    local datagrams = udp()
    assert.same({ net.AF_INET, net.SOCK_DGRAM, net.IPPROTO_UDP }, {
      datagrams:family(), datagrams:socktype(), datagrams:protocol(),
    })
  end)

  it('options of IPv6 work on sockets of IPv6', function()
    local sock = udp6()
    if not sock then
      return pending('this machine has no IPv6')
    end
    answer(sock:ttl(7)):is(7)
    answer(sock:mcastttl(3)):is(3)
    answer(sock:mcastloop(false)):is(false)
    answer(sock:v6only()):is(false)
  end)

  it('tcpnodelay is as asked for, and else on where nothing blocks', function()
    for _, asked in ipairs({ { true, true }, { false, false }, { nil, mode.is_loop } }) do
      local server, port = modes.listener({ tcpnodelay = asked[1] })
      answer(server:tcpnodelay()):is(asked[2])
      local client = assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port, tcpnodelay = asked[1] }))
      answer(client:tcpnodelay()):is(asked[2])
      answer(assert(server:accept()):tcpnodelay()):is(asked[2])
    end
  end)

  it('error tells what is pending once', function()
    local a, b = udp(), udp()
    local port = b:getsockname():port()
    b:close()
    a:connect({ host = '127.0.0.1', port = port })
    a:send('x') -- which the loopback refuses before this returns
    local pending_error, err = a:error()
    assert.is_nil(err)
    assert.is_truthy(pending_error:find('^%[ECONNREFUSED:111%]'), pending_error)
    answer(a:error()):is()
  end)

  it('atmark tells where urgent data is', function()
    local client, connection = tcp()
    answer(connection:atmark()):is(false)
    client.sock:send('u', net.MSG_OOB)
    client.sock:send('v')
    connection:oobinline(true)
    assert(connection.sock:recvable(20000))
    answer(connection:atmark()):is(true)
  end)
end)
