-- SPDX-License-Identifier: MIT
-- Tables of what makes, connects and describes sockets, for generations 2 to 4; what only one or two of them have is in
-- their own files.

local at = require('scenes')
local busted = require('busted')
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')
local replay = require('replay')
local styles = require('tests.faces.styles')

local args, results = replay.pack, replay.pack
local AF_INET, AF_UNIX, SOCK_STREAM, SOCK_DGRAM =
  llsocket.AF_INET, llsocket.AF_UNIX, llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM
local SHUT_WR, SHUT_RDWR = llsocket.SHUT_WR, llsocket.SHUT_RDWR

-- A socket, and a TCP address where connections hang: the queue of its listener is full.
local function hanging_caller(scene)
  local listener, address = scene:bound(SOCK_STREAM)
  listener:listen(0)
  local filler_address = llsocket.addrinfo.inet(at.host, address:port())
  repeat
    local filler = network.keep(llsocket.socket.new(AF_INET, SOCK_STREAM, 0, true))
    filler:connect(filler_address)
  until not filler:sendable(20)
  local sock = scene.open(address, true)
  sock:connect(address)
  return sock, address
end

-- A socket whose connection was in progress and is made.
local function finished_caller(scene)
  local sock, address = at.caller(true)(scene)
  sock:connect(address)
  at.await(sock, 'sendable')
  return sock, address
end

-- A non-blocking unix socket, and the address of a listener whose queue is full.
local function queued_caller(scene)
  local unnamed = scene.unix_address('', SOCK_STREAM)
  local listener = network.keep(scene.open(unnamed))
  listener:bind(unnamed)
  listener:listen(0)
  local address = listener:getsockname()
  network.keep(scene.open(address)):connect(address)
  return scene.open(address, true), address
end

local function closed_caller(scene)
  return at.closed()(scene), scene.address(1, SOCK_STREAM)
end

local function connecting(style)
  local stranger, complaint = styles.stranger(style, 'connect', 1)
  return {
    { 'success', on = at.caller(), gives = style.done },
    { 'success', 'in progress', on = at.caller(true), gives = style.connecting('EINPROGRESS') },
    { 'success', 'still in progress', on = hanging_caller, gives = style.still_connecting },
    { 'success', 'connected since', on = finished_caller, gives = style.done },
    { 'success', 'connected already', on = at.connected_caller(), gives = style.done },
    { 'would block', on = queued_caller, gives = style.connect_again },
    { 'failure', 'refused', on = at.refused_caller(), gives = style.connect_failure('ECONNREFUSED') },
    { 'failure', 'closed', on = closed_caller, gives = style.connect_failure('EBADF') },
    { 'wrong argument', 'no address', on = at.idle(),
      raises = ("bad argument #1 to 'connect' (%s expected, got no value)"):format(style.class('addrinfo')) },
    { 'wrong argument', 'of another generation', on = at.tcp(), with = args(stranger), raises = complaint },
  }
end

local function binding(style)
  local stranger, complaint = styles.stranger(style, 'bind', 1)
  return {
    { 'success', on = at.newcomer(), gives = style.done },
    { 'failure', 'taken', on = at.latecomer(), gives = style.refused('EADDRINUSE', 'bind') },
    { 'failure', 'closed', on = closed_caller, gives = style.refused('EBADF', 'bind') },
    { 'wrong argument', 'no address', on = at.idle(),
      raises = ("bad argument #1 to 'bind' (%s expected, got no value)"):format(style.class('addrinfo')) },
    { 'wrong argument', 'of another generation', on = at.tcp(), with = args(stranger), raises = complaint },
  }
end

local function listening(style)
  return {
    { 'success', on = at.tcp(), gives = style.done },
    { 'success', 'with a backlog', on = at.tcp(), with = args(3), gives = style.done },
    { 'failure', 'no stream', on = at.udp(), gives = style.refused('EOPNOTSUPP', 'listen') },
    { 'failure', 'closed', on = at.closed(), gives = style.refused('EBADF', 'listen') },
  }
end

local function accepting(style)
  local function accepted(is_nonblocking)
    return replay.object(style.class('socket'), { nonblock = is_nonblocking, cloexec = true, family = AF_INET })
  end
  return {
    { 'success', 'blocks as the listener does', on = at.visited(), gives = results(accepted(false)) },
    { 'success', 'does not block, as the listener', on = at.visited(true), gives = results(accepted(true)) },
    { 'would block', on = at.listener(true), gives = results(nil, nil, true) },
    { 'failure', 'no listener', on = at.tcp(), gives = style.failure('EINVAL', 'accept') },
    { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'accept') },
  }
end

local function shutting_down(style)
  return {
    { 'success', on = at.idle(), gives = style.done },
    { 'success', 'one side', on = at.idle(), with = args(SHUT_WR), gives = style.done },
    { 'failure', 'not connected', on = at.tcp(), with = args(SHUT_RDWR),
      gives = style.refused('ENOTCONN', 'shutdown') },
    { 'failure', 'closed', on = at.closed(), gives = style.refused('EBADF', 'shutdown') },
    { 'wrong argument', on = at.idle(), with = args(9),
      raises = "bad argument #1 to 'shutdown' (SHUT_RD, SHUT_WR or SHUT_RDWR expected)" },
  }
end

local function closing(style)
  return {
    { 'success', on = at.idle(), gives = style.done },
    { 'success', 'shut down before', on = at.idle(), with = args(SHUT_RDWR), gives = style.done },
    { 'success', 'twice', on = at.closed(), gives = style.done },
    { 'failure', 'of the shutdown', on = at.tcp(), with = args(SHUT_RDWR),
      gives = style.refused('ENOTCONN', 'shutdown') },
  }
end

local function describing(style)
  local own = replay.object(style.class('addrinfo'), { addr = at.host, port = replay.from(1), family = AF_INET })
  return {
    ['socket:fd'] = {
      { 'success', on = at.idle(), gives = results(replay.from(0)) },
      { 'success', 'closed', on = at.closed(), gives = results(-1) },
    },
    ['socket:family'] = {
      { 'success', on = at.idle(), gives = results(AF_UNIX) },
      { 'success', 'closed', on = at.closed(), gives = results(AF_INET) },
    },
    ['socket:socktype'] = {
      { 'success', on = at.udp(), gives = results(SOCK_DGRAM) },
      { 'success', 'closed', on = at.closed(), gives = results(SOCK_STREAM) },
    },
    ['socket:protocol'] = { { 'success', on = at.idle(), gives = results(0) } },
    ['socket:getsockname'] = {
      { 'success', 'the real port', on = at.udp(), gives = results(own) },
      { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'getsockname') },
    },
    ['socket:getpeername'] = {
      { 'success', on = at.client(), gives = results(own) },
      { 'failure', 'not connected', on = at.tcp(), gives = style.failure('ENOTCONN', 'getpeername') },
      { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'getpeername') },
    },
    ['socket:atmark'] = {
      { 'success', 'elsewhere', on = at.client(), gives = results(false) },
      { 'success', 'at the mark', on = at.at_mark(), gives = results(true) },
      { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'sockatmark') },
    },
    ['socket:error'] = {
      { 'success', 'none', on = at.idle(), gives = style.no_error },
      { 'success', 'pending', on = at.reset(), gives = style.pending('ECONNRESET') },
      { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'getsockopt') },
    },
  }
end

local sockets = {}

function sockets.tables(style)
  local tables = describing(style)
  local sock = replay.object(style.class('socket'), { family = AF_UNIX, socktype = SOCK_STREAM })
  tables['socket:bind'] = binding(style)
  tables['socket:connect'] = connecting(style)
  tables['socket:listen'] = listening(style)
  tables['socket:accept'] = accepting(style)
  tables['socket:shutdown'] = shutting_down(style)
  tables['socket:close'] = closing(style)
  tables['socket:dup'] = {
    { 'success', on = at.idle(), gives = results(sock) },
    { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'dup') },
  }
  return tables
end

-- A descriptor's number that is nobody's but the row's.
local function number_of(make)
  return function(scene)
    return make(scene):unwrap()
  end
end

-- A number of which no object knows; it is closed when the test is over.
local function borrowed_number_of(make)
  return function(scene)
    return network.keep(make(scene)):fd()
  end
end

local function is_closed(fd)
  assert(not descriptors.is_open(fd), 'the descriptor is still open')
end

local function waiting(style, method, ready, unready)
  return {
    { 'success', on = ready, gives = results(true) },
    { 'success', 'within a time', on = ready, with = args(5000, true), gives = results(true) },
    { 'would block', on = unready, gives = results(false, nil, true) },
    { 'would block', 'for a time', on = unready, with = args(5), gives = results(false, nil, true) },
    { 'closed by peer', on = at.abandoned(), gives = results(true) },
    { 'failure', 'closed', on = at.closed(), gives = style.wait_failure('EBADF') },
    { 'wrong argument', on = ready, with = args(-1),
      raises = ("bad argument #1 to '%s' (out of range (0 to 2147483647))"):format(method) },
  }
end

-- What came with generation 3.
function sockets.later_tables(style)
  local wrapped = replay.object(style.class('socket'), { family = AF_UNIX, socktype = SOCK_STREAM, cloexec = true })
  return {
    ['socket.wrap'] = {
      { 'success', on = number_of(at.idle()), gives = results(wrapped) },
      { 'failure', 'no socket', on = at.file(), gives = style.failure('ENOTSOCK', 'getsockopt') },
      { 'failure', 'no descriptor', with = args(2147483647), gives = style.failure('EBADF', 'getsockopt') },
      { 'wrong argument', with = args('0'), raises = "bad argument #1 to 'wrap' (integer expected, got string)" },
    },
    ['socket.shutdown'] = {
      { 'success', on = borrowed_number_of(at.idle()), gives = style.done },
      { 'success', 'one side', on = borrowed_number_of(at.idle()), with = args(SHUT_WR), gives = style.done },
      { 'failure', 'not connected', on = borrowed_number_of(at.tcp()), gives = style.refused('ENOTCONN', 'shutdown') },
      { 'failure', 'no descriptor', with = args(2147483647), gives = style.refused('EBADF', 'shutdown') },
    },
    ['socket.close'] = {
      { 'success', on = number_of(at.idle()), gives = style.done, after = is_closed },
      { 'success', 'shut down before', on = number_of(at.idle()), with = args(SHUT_RDWR), gives = style.done,
        after = is_closed },
      { 'failure', 'of the shutdown', on = number_of(at.tcp()), with = args(SHUT_RDWR),
        gives = style.refused('ENOTCONN', 'shutdown'), after = is_closed },
      { 'failure', 'no descriptor', with = args(2147483647), gives = style.refused('EBADF', 'close') },
    },
    ['socket:unwrap'] = {
      { 'success', on = at.tcp(), gives = results(replay.blocking_fd) },
      { 'success', 'closed', on = at.closed(), gives = results(-1) },
    },
    ['socket:acceptfd'] = {
      { 'success', 'blocks as the listener does', on = at.visited(), gives = results(replay.blocking_fd) },
      { 'success', 'does not block, as the listener', on = at.visited(true), gives = results(replay.nonblocking_fd) },
      { 'would block', on = at.listener(true), gives = results(nil, nil, true) },
      { 'failure', 'no listener', on = at.tcp(), gives = style.failure('EINVAL', 'accept') },
      { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'accept') },
    },
    ['socket:sendable'] = waiting(style, 'sendable', at.idle(), at.full()),
    ['socket:recvable'] = waiting(style, 'recvable', at.receiver('x'), at.idle()),
  }
end

-- Defines the test that a method does not take a socket of another generation for its own.
function sockets.refuse_strangers(style)
  for generation, name in pairs({ [2] = 'llsocket.v2', [3] = 'llsocket.v3', [4] = 'llsocket' }) do
    if generation ~= style.generation then
      busted.it('refuses to work on a socket of generation ' .. generation, function()
        local recv = at.idle()(style.scene).recv
        local stranger = require(name).socket.pair(SOCK_STREAM)[1]
        expect.raised(('(%s expected, got %s.socket of generation %d)'):format(style.class('socket'), name, generation),
          function()
            recv(stranger)
          end)
      end)
    end
  end
end

return sockets
