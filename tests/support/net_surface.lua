-- SPDX-License-Identifier: MIT
-- The base API of net: what there is, and for what all sockets and messages have how it is used.
--   entries   every function and method, by the class or module that has it: { name, its functions }
--   holders   for each class or module the tables where its functions are
--   uses      for each class or module by name a function(mode) that calls it, and sees what it does
--   toggles, takes   uses of options of a value that is made by a function

local assert = require('luassert')
local descriptors = require('descriptors')
local llsocket = require('llsocket')
local modes = require('modes')
local net = require('net')

local answer, pair, tcp, udp = modes.answer, modes.pair, modes.tcp, modes.udp

local surface = {}

surface.entries = {
  { 'net.MsgHdr', {
    'new', 'name', 'control', 'bytes', 'consume', 'concat', 'add', 'addn', 'get', 'del',
  } },
  { 'net.Socket', {
    'fd', 'onwaitrecv', 'onwaitsend', 'family', 'getsockname', 'getpeername', 'closer', 'closew', 'close', 'atmark',
    'cloexec', 'isnonblock', 'socktype', 'protocol', 'error', 'reuseport', 'reuseaddr', 'debug', 'dontroute',
    'timestamp', 'rcvbuf', 'rcvlowat', 'sndbuf', 'sndlowat', 'rcvtimeo', 'sndtimeo', 'deadlines', 'linger', 'recv',
    'recvsync', 'recvmsg', 'recvmsgsync', 'send', 'sendsync', 'sendmsg', 'sendmsgsync',
  } },
  { 'net.stream.Socket', {
    'acceptconn', 'oobinline', 'keepalive', 'tcpnodelay', 'tcpcork', 'tcpkeepalive', 'tcpkeepintvl', 'tcpkeepcnt',
    'sendfile', 'sendfilesync',
  } },
  { 'net.stream.Server', {
    'listen', 'accept', 'acceptfd', 'createConnection',
  } },
  { 'net.stream.inet.Server', {
    'new',
  } },
  { 'net.stream.inet.Client', {
    'new', 'connect',
  } },
  { 'net.stream.unix.Server', {
    'new',
  } },
  { 'net.stream.unix.Client', {
    'new', 'connect',
  } },
  { 'net.stream', {
    'wrap', 'getaddrinfoin', 'getaddrinfoun',
  } },
  { 'net.stream.unix', {
    'pair',
  } },
  { 'net.dgram.Socket', {
    'mcastloop', 'mcastttl', 'mcastif', 'mcastjoin', 'mcastleave', 'mcastjoinsrc', 'mcastleavesrc', 'mcastblocksrc',
    'mcastunblocksrc', 'broadcast', 'recvfrom', 'recvfromsync', 'sendto', 'sendtosync',
  } },
  { 'net.dgram.inet.Socket', {
    'wrap', 'new', 'connect', 'bind',
  } },
  { 'net.dgram.unix.Socket', {
    'wrap', 'pair', 'new', 'connect', 'bind',
  } },
  { 'net.dgram', {
    'getaddrinfoin', 'getaddrinfoun',
  } },
  { 'net.unix.Socket', {
    'sendfd', 'sendfdsync', 'recvfd', 'recvfdsync',
  } },
  { 'net', {
    'shutdown', 'close',
  } },
}

surface.holders = {
  ['net'] = { net },
  ['net.MsgHdr'] = { net.MsgHdr, net.msghdr },
  ['net.Socket'] = { net.Socket },
  ['net.unix.Socket'] = { net.unix.Socket },
  ['net.stream'] = { net.stream },
  ['net.stream.Socket'] = { net.stream.Socket },
  ['net.stream.Server'] = { net.stream.Server },
  ['net.stream.inet.Server'] = { net.stream.inet.Server },
  ['net.stream.inet.Client'] = { net.stream.inet.Client },
  ['net.stream.unix'] = { net.stream.unix },
  ['net.stream.unix.Server'] = { net.stream.unix.Server },
  ['net.stream.unix.Client'] = { net.stream.unix.Client },
  ['net.dgram'] = { net.dgram },
  ['net.dgram.Socket'] = { net.dgram.Socket },
  ['net.dgram.inet.Socket'] = { net.dgram.inet.Socket, net.dgram.inet },
  ['net.dgram.unix.Socket'] = { net.dgram.unix.Socket, net.dgram.unix },
}

local uses = {}
surface.uses = uses

for class in pairs(surface.holders) do
  uses[class] = {}
end

local function message(...)
  local msg = net.msghdr.new()
  for _, part in ipairs({ ... }) do
    assert(type(part) == 'number' and msg:addn(part) or msg:add(part))
  end
  return msg
end

local MsgHdr = uses['net.MsgHdr']

function MsgHdr.new()
  assert.equal(0, net.msghdr.new():bytes())
end

function MsgHdr.name()
  local msg, ai = message(), assert(llsocket.addrinfo.inet('127.0.0.1', 7))
  msg:name(ai)
  assert.equal(7, msg:name():port())
end

function MsgHdr.control()
  assert.is_nil(message():control():shift())
end

function MsgHdr.bytes()
  assert.equal(7, message('abc', 4):bytes())
end

function MsgHdr.consume()
  assert.equal(1, message('abc'):consume(2))
end

function MsgHdr.concat()
  assert.equal('abcd', message('abc', 'd'):concat())
end

function MsgHdr.add()
  assert.equal(2, message('abc'):add('d'))
end

function MsgHdr.addn()
  assert.equal(2, message('abc'):addn(9))
end

function MsgHdr.get()
  assert.equal('d', message('abc', 'd'):get(2))
end

function MsgHdr.del()
  local msg = message('a', 'b', 'c')
  answer(msg:del(1)):is('a', 3)
  assert.equal('cb', msg:concat())
end

local Socket = uses['net.Socket']

function Socket.fd()
  assert.is_true(descriptors.is_open((pair():fd())))
end

for hook, call in pairs({
  onwaitrecv = function(sock)
    return sock:recv()
  end,
  onwaitsend = function(sock)
    return sock:send(('x'):rep(1e7))
  end,
}) do
  Socket[hook] = function()
    local sock, calls = pair(), 0
    sock[hook](sock, function()
      calls = calls + 1
    end)
    call(sock)
    assert.equal(1, calls)
  end
end

function Socket.family()
  assert.equal(net.AF_INET, udp():family())
end

function Socket.getsockname()
  assert.is_true(udp():getsockname():port() > 0)
end

function Socket.getpeername()
  local client, _, server = tcp()
  assert.equal(server:getsockname():port(), client:getpeername():port())
end

function Socket.closer()
  local a = pair()
  answer(a:closer()):is()
  answer(a:recv()):is()
end

function Socket.closew()
  local a, b = pair()
  answer(a:closew()):is()
  answer(b:recv()):is()
end

function Socket.close()
  local a = pair()
  local fd = a:fd()
  answer(a:close()):is()
  assert.is_false(descriptors.is_open(fd))
end

function Socket.atmark()
  answer(tcp():atmark()):is(false)
end

function Socket.cloexec()
  local a = pair()
  answer(a:cloexec(false)):is(false)
  assert.is_false(descriptors.is_close_on_exec(a:fd()))
end

function Socket.isnonblock(mode)
  local a = pair()
  answer(a:isnonblock()):is(mode.is_loop)
  assert.equal(mode.is_loop, descriptors.is_nonblocking(a:fd()))
end

function Socket.socktype()
  assert.equal(net.SOCK_DGRAM, udp():socktype())
end

function Socket.protocol()
  assert.equal(net.IPPROTO_TCP, tcp():protocol())
end

function Socket.error()
  answer(pair():error()):is()
end

-- Sets an option, and back; it reads what is in force.
function surface.toggles(make, name)
  return function()
    local sock = make()
    answer(sock[name](sock, true)):is(true)
    answer(sock[name](sock)):is(true)
    answer(sock[name](sock, false)):is(false)
  end
end

function surface.takes(make, name, value, read)
  return function()
    local sock = make()
    answer(sock[name](sock, value)):is(read or value)
    answer(sock[name](sock)):is(read or value)
  end
end

local toggles, takes = surface.toggles, surface.takes

for _, name in ipairs({ 'reuseport', 'reuseaddr', 'dontroute', 'timestamp' }) do
  Socket[name] = toggles(udp, name)
end
for _, name in ipairs({ 'oobinline', 'keepalive', 'tcpnodelay', 'tcpcork' }) do
  uses['net.stream.Socket'][name] = toggles(tcp, name)
end
for name, value in pairs({ tcpkeepalive = 77, tcpkeepintvl = 7, tcpkeepcnt = 5 }) do
  uses['net.stream.Socket'][name] = takes(tcp, name, value)
end
Socket.rcvbuf, Socket.sndbuf = takes(udp, 'rcvbuf', 8192, 16384), takes(udp, 'sndbuf', 8192, 16384)
Socket.rcvtimeo, Socket.sndtimeo = takes(udp, 'rcvtimeo', 1.5), takes(udp, 'sndtimeo', 2)
Socket.rcvlowat, Socket.linger = takes(pair, 'rcvlowat', 3), takes(pair, 'linger', 3)

function Socket.debug()
  local sock = udp()
  local value, err = sock:debug(true)
  if value == nil then -- it takes a privilege
    assert.is_truthy(err:find('^%[EACCES:') or err:find('^%[EPERM:'), err)
  else
    assert.is_true(value)
    answer(sock:debug(false)):is(false)
  end
end

function Socket.sndlowat()
  answer(pair():sndlowat()):is(1)
  answer(pair():sndlowat(2)):fails('ENOPROTOOPT', 'setsockopt')
end

function Socket.deadlines()
  local a = pair()
  answer(a:deadlines(1000, 2000)):is(1000, 2000)
  answer(a:deadlines()):is(1000, 2000)
end

for _, name in ipairs({ 'send', 'sendsync' }) do
  Socket[name] = function()
    local a, b = pair()
    answer(a[name](a, 'hello')):is(5)
    answer(b:recv()):is('hello')
  end
end

for _, name in ipairs({ 'recv', 'recvsync' }) do
  Socket[name] = function()
    local a, b = pair()
    assert(a:send('hello'))
    answer(b[name](b)):is('hello')
  end
end

for _, name in ipairs({ 'sendmsg', 'sendmsgsync' }) do
  Socket[name] = function()
    local a, b = pair()
    answer(a[name](a, message('hel', 'lo'))):is(5)
    answer(b:recv()):is('hello')
  end
end

for _, name in ipairs({ 'recvmsg', 'recvmsgsync' }) do
  Socket[name] = function()
    local a, b = pair()
    local msg = message(2, 3)
    assert(a:send('hello'))
    local len, err = b[name](b, msg)
    assert.equal(5, len, err)
    assert.equal('hello', msg:concat())
  end
end

return surface
