-- SPDX-License-Identifier: MIT
-- Tables of the methods that send and receive, for generations 2 to 4.

local at = require('scenes')
local llsocket = require('llsocket')
local network = require('network')
local replay = require('replay')
local styles = require('tests.faces.styles')

local args, results = replay.pack, replay.pack
local SOCK_DGRAM, SOCK_SEQPACKET, MSG_PEEK = llsocket.SOCK_DGRAM, llsocket.SOCK_SEQPACKET, llsocket.MSG_PEEK
local MSG_DONTWAIT = llsocket.MSG_DONTWAIT

local large = ('x'):rep(4000000)
local a_part = replay.matcher('less than everything', function(n)
  return n > 0 and n < #large
end)

-- send, and write of generation 4.
local function sending(style)
  return {
    { 'success', on = at.idle(), with = args('hello'), gives = results(5, nil, false) },
    { 'success', 'nothing on a stream', on = at.idle(), with = args(''), gives = results(0, nil, false) },
    { 'success', 'an empty datagram', on = at.idle(SOCK_DGRAM), with = args(''), gives = results(0, nil, false) },
    { 'success', 'a part', on = at.idle(), with = args(large), gives = results(a_part, nil, true) },
    { 'would block', on = at.full(), with = args('x'), gives = results(0, nil, true) },
    { 'closed by peer', on = at.abandoned(), with = args('x'), gives = style.gone('EPIPE', 'send') },
    { 'closed by peer', 'reset', on = at.reset(), with = args('x'), gives = style.gone('ECONNRESET', 'send') },
    { 'failure', 'not connected', on = at.udp(), with = args('x'), gives = style.failure('EDESTADDRREQ', 'send') },
    { 'failure', 'closed', on = at.closed(), with = args('x'), gives = style.failure('EBADF', 'send') },
  }
end

-- recv, and read of generation 4.
local function receiving(style)
  return {
    { 'success', on = at.receiver('hello'), gives = results('hello') },
    { 'success', 'with a size', on = at.receiver('hello'), with = args(2), gives = results('he') },
    { 'success', 'with room for nothing', on = at.receiver('hello'), with = args(0), gives = results('') },
    { 'success', 'an empty datagram', on = at.receiver('', SOCK_DGRAM), gives = results('') },
    { 'success', 'what the peer sent before it closed', on = at.abandoned(nil, 'last'), gives = results('last') },
    { 'would block', on = at.idle(), gives = results(nil, nil, true) },
    { 'closed by peer', on = at.abandoned(), gives = results(nil) },
    { 'closed by peer', 'seqpacket', on = at.abandoned(SOCK_SEQPACKET), gives = results(nil) },
    { 'failure', 'reset', on = at.reset(), gives = style.failure('ECONNRESET', 'recv') },
    { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'recv') },
    { 'wrong argument', on = at.idle(), with = args(-1), raises = '(out of range (0 to 2147483647))' },
  }
end

local function receiving_from(style)
  local sender = replay.object(style.class('addrinfo'), { addr = at.host, port = replay.from(1) })
  return {
    { 'success', 'with the sender', on = at.udp_receiver('hello'), gives = style.read_from('hello', sender) },
    { 'success', 'an empty datagram', on = at.udp_receiver(''), gives = style.read_from('', sender) },
    { 'success', 'with a size and flags', on = at.udp_receiver('hello'), with = args(2, MSG_PEEK, MSG_DONTWAIT),
      gives = style.read_from('he', sender) },
    { 'success', 'on a stream', on = at.receiver('hello'), gives = style.read_from('hello', nil) },
    { 'would block', on = at.idle(), gives = style.read_from_again },
    { 'closed by peer', on = at.abandoned(), gives = results(nil) },
    { 'failure', 'reset', on = at.reset(), gives = style.read_from_failure('ECONNRESET') },
    { 'failure', 'closed', on = at.closed(), gives = style.read_from_failure('EBADF') },
  }
end

local function sender_to_another(text)
  return function(scene)
    local sock, address = at.udp_and_target()(scene)
    return sock, text, address
  end
end

-- A unix socket of which the receiver's queue is full.
local function full_sender(scene)
  local receiver = network.keep(scene.open(scene.unix_address('', SOCK_DGRAM)))
  receiver:bind(scene.unix_address('', SOCK_DGRAM))
  local address = receiver:getsockname()
  local sender = scene.open(address, true)
  repeat
    local n = sender:sendto('full', address)
  until n == 0
  return sender, 'x', address
end

local function to_peer(make, text)
  return function(scene)
    return make(scene), text or 'x', scene.address(9, SOCK_DGRAM)
  end
end

local function sending_to(style)
  local stranger, complaint = styles.stranger(style, 'sendto', 2)
  return {
    { 'success', on = sender_to_another('hello'), gives = results(5, nil, false) },
    { 'success', 'an empty datagram', on = sender_to_another(''), gives = results(0, nil, false) },
    { 'success', 'with flags', on = sender_to_another('hello'), with = args(MSG_DONTWAIT, llsocket.MSG_NOSIGNAL),
      gives = results(5, nil, false) },
    { 'success', 'nothing on a stream', on = to_peer(at.client(), ''), gives = results(0, nil, false) },
    { 'would block', on = full_sender, gives = results(0, nil, true) },
    { 'closed by peer', on = to_peer(at.reset()), gives = style.gone('ECONNRESET', 'sendto') },
    { 'failure', 'too large', on = sender_to_another(('x'):rep(70000)), gives = style.failure('EMSGSIZE', 'sendto') },
    { 'failure', 'closed', on = to_peer(at.closed(SOCK_DGRAM)), gives = style.failure('EBADF', 'sendto') },
    { 'wrong argument', 'no address', on = at.udp(), with = args('x'),
      raises = ("bad argument #2 to 'sendto' (%s expected, got no value)"):format(style.class('addrinfo')) },
    { 'wrong argument', 'of another generation', on = at.udp(), with = args('x', stranger), raises = complaint },
  }
end

local function sending_file(style)
  local function beside(make)
    return at.with_file(make, 'content')
  end
  return {
    { 'success', on = beside(at.idle()), with = args(7), gives = results(7, nil, false) },
    { 'success', 'from an offset', on = beside(at.idle()), with = args(2, 3), gives = results(2, nil, false) },
    { 'success', 'more than there is', on = beside(at.idle()), with = args(9), gives = results(7, nil, true) },
    { 'success', 'at the end of the file', on = beside(at.idle()), with = args(9, 7),
      gives = results(0, nil, false) },
    { 'would block', on = beside(at.full()), with = args(7), gives = results(0, nil, true) },
    { 'closed by peer', on = beside(at.abandoned()), with = args(7), gives = style.gone('EPIPE', 'sendfile') },
    { 'failure', 'no such file', on = at.idle(), with = args(2147483647, 7),
      gives = style.failure('EBADF', 'sendfile') },
    { 'failure', 'closed', on = beside(at.closed()), with = args(7), gives = style.failure('EBADF', 'sendfile') },
  }
end

local transfer = {}

function transfer.tables(style)
  local tables = {
    ['socket:send'] = sending(style),
    ['socket:sendto'] = sending_to(style),
    ['socket:sendfile'] = sending_file(style),
    ['socket:recv'] = receiving(style),
    ['socket:recvfrom'] = receiving_from(style),
  }
  table.insert(tables['socket:send'], {
    'success', 'with flags', on = at.idle(), with = args('hello', MSG_DONTWAIT, llsocket.MSG_NOSIGNAL),
    gives = results(5, nil, false),
  })
  table.insert(tables['socket:recv'], {
    'success', 'with flags', on = at.receiver('hello'), with = args(nil, MSG_PEEK, MSG_DONTWAIT),
    gives = results('hello'),
  })
  if style.generation == 4 then
    tables['socket:write'] = sending(style)
    tables['socket:read'] = receiving(style)
  end
  return tables
end

return transfer
