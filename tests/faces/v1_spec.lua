-- SPDX-License-Identifier: MIT
-- Generation 1: functions on descriptor numbers, failures as errno numbers.

local at = require('scenes')
local descriptors = require('descriptors')
local network = require('network')
local options = require('tests.faces.options')
local replay = require('replay')
local surface = require('tests.faces.surface')

local llsocket = require('llsocket')
local v1 = require('llsocket.v1')

local args, results, from = replay.pack, replay.pack, replay.from
local opt = v1.opt
local SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET = opt.SOCK_STREAM, opt.SOCK_DGRAM, opt.SOCK_SEQPACKET
local host = at.host
local no_descriptor = 2147483647
local nothing = results()

local function code(name)
  return llsocket.errno[name].code
end

local function addr(fields)
  return replay.object('llsocket.v1.addr', fields)
end

-- Results of a call that failed: of one that gives a value, and of one that sends or receives.
local function failure(name)
  return results(nil, code(name))
end

local function transfer_failure(name)
  return results(nil, code(name), name == 'EAGAIN')
end

-- The stages are of objects; the functions get their numbers.
local function number_of(value)
  if getmetatable(value) ~= 'llsocket.socket' then
    return value
  end
  local fd = value:fd()
  return fd >= 0 and fd or no_descriptor
end

local function host_and_port_of(make)
  return function(scene)
    local _, address = make(scene)
    return host, address:port()
  end
end

local listening = host_and_port_of(at.caller())
local taken = host_and_port_of(at.latecomer())
local refusing = host_and_port_of(at.refused_caller())

-- The path of a listening unix socket, whose queue is full if `is_full`.
local function unix_listening(is_full)
  return function(scene)
    local path = ('\0llnet faces %d'):format(math.random(1e9))
    local address = scene.unix_address(path, SOCK_STREAM)
    local listener = network.keep(scene.open(address))
    listener:bind(address)
    listener:listen(0)
    if is_full then
      network.keep(scene.open(address)):connect(address)
    end
    return path
  end
end

-- A UDP socket, a text, and the address object of another socket.
local function sender_to_another(text)
  return function(scene)
    local target = scene:bound(SOCK_DGRAM)
    local sock = scene:bound(SOCK_DGRAM)
    return sock, text, v1.sockname(target:fd())
  end
end

-- A descriptor of the program's own, which it closes.
local function owned(make)
  return function(scene)
    return make(scene):unwrap()
  end
end

local function is_closed(fd)
  assert.is_false(descriptors.is_open(fd))
end

-- What recv and recvfrom share. The results of a stream, whose sender is not told, come from `came` by the text, and
-- those of a failure from `failed` by the error.
local function receiving(came, failed)
  return {
    { 'success', on = at.receiver('hello'), gives = came('hello') },
    { 'success', 'with a size', on = at.receiver('hello'), with = args(2), gives = came('he') },
    { 'success', 'with flags', on = at.receiver('hello'), with = args(nil, opt.MSG_PEEK, opt.MSG_DONTWAIT),
      gives = came('hello') },
    { 'success', 'an empty datagram', on = at.receiver('', SOCK_DGRAM), gives = came('') },
    { 'would block', on = at.idle(), gives = failed('EAGAIN') },
    { 'closed by peer', on = at.abandoned(), gives = results(nil) },
    { 'closed by peer', 'seqpacket', on = at.abandoned(SOCK_SEQPACKET), gives = results(nil) },
    { 'failure', 'reset', on = at.reset(), gives = failed('ECONNRESET') },
    { 'failure', 'no such descriptor', on = at.closed(), gives = failed('EBADF') },
    { 'success', 'with room for nothing', on = at.receiver('hello'), with = args(0), gives = came('') },
    { 'failure', 'no such descriptor, room for nothing', on = at.closed(), with = args(0), gives = failed('EBADF') },
  }
end

local function came_from_nobody(text)
  return results(text, nil)
end

local function receive_from_failure(name)
  return results(nil, nil, code(name), name == 'EAGAIN')
end

-- What send and sendto without an address share.
local function sending()
  return {
    { 'success', on = at.idle(), with = args('hello'), gives = results(5) },
    { 'success', 'with flags', on = at.idle(), with = args('hello', nil, opt.MSG_DONTWAIT), gives = results(5) },
    { 'success', 'nothing on a stream', on = at.idle(), with = args(''), gives = results(0) },
    { 'success', 'an empty datagram', on = at.idle(SOCK_DGRAM), with = args(''), gives = results(0) },
    { 'success', 'a part', on = at.idle(), with = args(('x'):rep(4000000)), gives = results(replay.matcher(
      'less than everything', function(n)
        return n > 0 and n < 4000000
      end)) },
    { 'would block', on = at.full(), with = args('x'), gives = transfer_failure('EAGAIN') },
    { 'closed by peer', on = at.abandoned(), with = args('x'), gives = transfer_failure('EPIPE') },
    { 'closed by peer', 'reset', on = at.reset(), with = args('x'), gives = transfer_failure('ECONNRESET') },
    { 'failure', on = at.closed(), with = args('x'), gives = transfer_failure('EBADF') },
  }
end

local tables = {
  ['inet.bind'] = {
    { 'success', with = args(host, 0), gives = results(replay.blocking_fd) },
    { 'success', 'with texts and a type', with = args(host, '0', SOCK_DGRAM), gives = results(replay.blocking_fd) },
    { 'success', 'non-blocking', with = args(host, 0, SOCK_STREAM, true), gives = results(replay.nonblocking_fd) },
    { 'success', 'reusing the address', with = args(host, 0, SOCK_STREAM, false, true),
      gives = results(replay.matcher('a descriptor with SO_REUSEADDR', function(fd)
        local is_reusing = opt.reuseaddr(fd)
        v1.close(fd)
        return is_reusing
      end)) },
    { 'success', 'every address', with = args(nil, 0), gives = results(replay.blocking_fd) },
    { 'failure', 'taken', on = taken, gives = failure('EADDRINUSE') },
    { 'failure', 'no such type', with = args(host, 0, 9999), gives = failure('ESOCKTNOSUPPORT') },
    { 'failure', 'no such service', with = args(host, 'no such service'), gives = failure('EINVAL') },
    { 'wrong argument', with = args({}), raises = "bad argument #1 to 'bind' (string expected, got table)" },
  },
  ['inet.connect'] = {
    { 'success', on = listening, gives = results(replay.blocking_fd) },
    { 'success', 'in progress', on = listening, with = args(SOCK_STREAM, true),
      gives = results(replay.nonblocking_fd) },
    { 'failure', 'refused', on = refusing, gives = failure('ECONNREFUSED') },
    { 'failure', 'no such type', with = args(host, 0, 9999), gives = failure('ESOCKTNOSUPPORT') },
  },
  ['unix.bind'] = {
    { 'success', with = args(''), gives = results(replay.blocking_fd) },
    { 'success', 'non-blocking', with = args('', SOCK_DGRAM, true), gives = results(replay.nonblocking_fd) },
    { 'failure', 'taken', on = unix_listening(), gives = failure('EADDRINUSE') },
    { 'failure', 'too long', with = args(('x'):rep(1000)), gives = failure('ENAMETOOLONG') },
  },
  ['unix.connect'] = {
    { 'success', on = unix_listening(), gives = results(replay.blocking_fd) },
    { 'success', 'non-blocking', on = unix_listening(), with = args(SOCK_STREAM, true),
      gives = results(replay.nonblocking_fd) },
    { 'would block', on = unix_listening(true), with = args(SOCK_STREAM, true), gives = failure('EAGAIN') },
    { 'failure', 'nobody there', with = args('\0llnet faces, nobody'), gives = failure('ECONNREFUSED') },
    { 'failure', 'no such file', with = args('/no/such/path'), gives = failure('ENOENT') },
    { 'failure', 'not of that type', on = unix_listening(), with = args(SOCK_DGRAM),
      gives = failure('ECONNREFUSED') },
  },
  sockname = {
    { 'success', 'the real port', on = at.udp(), gives = results(addr({ addr = host, family = opt.AF_INET })) },
    { 'failure', on = at.closed(), gives = failure('EBADF') },
  },
  peername = {
    { 'success', on = at.client(), gives = results(addr({ addr = host, family = opt.AF_INET })) },
    { 'failure', 'not connected', on = at.tcp(), gives = failure('ENOTCONN') },
    { 'failure', on = at.closed(), gives = failure('EBADF') },
  },
  atmark = {
    { 'success', 'elsewhere', on = at.client(), gives = results(false) },
    { 'success', 'at the mark', on = at.at_mark(), gives = results(true) },
    { 'failure', on = at.closed(), gives = failure('EBADF') },
  },
  type = {
    { 'success', 'stream', on = at.idle(), gives = results(SOCK_STREAM) },
    { 'success', 'datagram', on = at.udp(), gives = results(SOCK_DGRAM) },
    { 'failure', on = at.closed(), gives = failure('EBADF') },
  },
  error = {
    { 'success', 'none', on = at.idle(), gives = results(0) },
    { 'success', 'pending', on = at.reset(), gives = results(code('ECONNRESET')) },
    { 'failure', on = at.closed(), gives = failure('EBADF') },
  },
  shutdown = {
    { 'success', on = at.idle(), with = args(opt.SHUT_WR), gives = nothing },
    { 'failure', 'not connected', on = at.tcp(), with = args(opt.SHUT_RDWR), gives = results(code('ENOTCONN')) },
    { 'failure', on = at.closed(), with = args(opt.SHUT_RD), gives = results(code('EBADF')) },
    { 'wrong argument', 'none', on = at.idle(),
      raises = "bad argument #2 to 'shutdown' (integer expected, got no value)" },
    { 'wrong argument', on = at.idle(), with = args(9),
      raises = "bad argument #2 to 'shutdown' (SHUT_RD, SHUT_WR or SHUT_RDWR expected)" },
  },
  close = {
    { 'success', on = owned(at.idle()), gives = nothing, after = is_closed },
    { 'success', 'shut down before', on = owned(at.idle()), with = args(opt.SHUT_RDWR), gives = nothing,
      after = is_closed },
    { 'failure', 'of the shutdown', on = owned(at.tcp()), with = args(opt.SHUT_RDWR),
      gives = results(code('ENOTCONN')), after = is_closed },
    { 'failure', on = at.closed(), gives = results(code('EBADF')) },
    { 'wrong argument', with = args(-1), raises = "bad argument #1 to 'close' (out of range (0 to 2147483647))" },
  },
  listen = {
    { 'success', on = at.tcp(), gives = nothing },
    { 'success', 'with a backlog', on = at.tcp(), with = args(3), gives = nothing },
    { 'failure', 'no stream', on = at.udp(), gives = results(code('EOPNOTSUPP')) },
    { 'failure', on = at.closed(), gives = results(code('EBADF')) },
  },
  accept = {
    { 'success', on = at.visited(), gives = results(replay.blocking_fd) },
    { 'success', 'blocks whatever the listener does', on = at.visited(true), gives = results(replay.blocking_fd) },
    { 'would block', on = at.listener(true), gives = failure('EAGAIN') },
    { 'failure', 'no listener', on = at.tcp(), gives = failure('EINVAL') },
    { 'failure', on = at.closed(), gives = failure('EBADF') },
  },
  acceptInherits = {
    { 'success', 'blocks as the listener does', on = at.visited(), gives = results(replay.blocking_fd) },
    { 'success', 'does not block, as the listener', on = at.visited(true), gives = results(replay.nonblocking_fd) },
    { 'would block', on = at.listener(true), gives = failure('EAGAIN') },
    { 'failure', 'no listener', on = at.tcp(), gives = failure('EINVAL') },
    { 'failure', on = at.closed(), gives = failure('EBADF') },
  },
  recv = receiving(results, transfer_failure),
  recvfrom = receiving(came_from_nobody, receive_from_failure),
  send = sending(),
  sendto = sending(),
}

-- The flags of send follow the message at once; those of sendto follow the address.
tables.send[2].with = args('hello', opt.MSG_DONTWAIT, opt.MSG_NOSIGNAL)

for _, row in ipairs({
  { 'success', 'with an address', on = sender_to_another('hello'), gives = results(5) },
  { 'success', 'an empty datagram with an address', on = sender_to_another(''), gives = results(0) },
  { 'failure', 'too large', on = sender_to_another(('x'):rep(70000)), gives = transfer_failure('EMSGSIZE') },
  { 'failure', 'no address', on = at.udp(), with = args('x'), gives = transfer_failure('EDESTADDRREQ') },
}) do
  table.insert(tables.sendto, row)
end

table.insert(tables.recvfrom, 1, {
  'success', 'with the sender', on = at.udp_receiver('hello'),
  gives = results('hello', addr({ addr = host, family = opt.AF_INET, port = from(1) })),
})

-- The address object of a descriptor.
local function address_of(make)
  return function(scene)
    return v1.sockname(number_of(make(scene)))
  end
end

local udp_address = address_of(at.udp())

local address_tables = {
  family = { { 'success', on = udp_address, gives = results(opt.AF_INET) } },
  socktype = { { 'success', 'asked of the kernel', on = udp_address, gives = results(SOCK_DGRAM) } },
  protocol = { { 'success', 'that of a bare number', on = udp_address, gives = results(0) } },
  canonname = { { 'success', on = udp_address, gives = results(nil) } },
  port = {
    { 'success', on = udp_address, gives = results(from(1)) },
    { 'success', 'of a unix socket', on = address_of(at.idle()), gives = results(nil) },
  },
  addr = {
    { 'success', on = udp_address, gives = results(host) },
    { 'success', 'without a name', on = address_of(at.idle()), gives = results(nil) },
  },
  getnameinfo = {
    { 'success', on = udp_address, with = args(opt.NI_NUMERICHOST, opt.NI_NUMERICSERV),
      gives = results(replay.matcher('a table of names', function(names)
        return names.host == host and names.service == names.serv and tonumber(names.serv) > 0
      end)) },
    { 'failure', 'no such flag', on = udp_address, with = args(1073741824), gives = failure('EINVAL') },
  },
}

for name, rows in pairs(address_tables) do
  tables['addrinfo:' .. name] = rows
end

table.insert(tables.sendto, {
  'wrong argument', 'an address of generation 4',
  on = function(scene)
    local sock, address = scene:bound(SOCK_DGRAM)
    return sock, 'x', address
  end,
  raises = "bad argument #3 to 'sendto' (llsocket.v1.addr expected, got llsocket.addrinfo of generation 4)",
})

describe('llsocket.v1', function()
  local face = replay.new(v1, at.of_objects(), number_of)
  face:entries(tables)
  face:entries(options.tables(1, failure))
  face:leaves_nothing_open()
  face:covers(surface, 1)
  face:offers_only(surface, 1, function(scene)
    return { addrinfo = udp_address(scene) }
  end)
  replay.has_constants('llsocket.v1', v1, surface)
  replay.has_constants('llsocket.v1.opt', opt, surface)
end)
