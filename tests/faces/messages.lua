-- SPDX-License-Identifier: MIT
-- Tables of messages with control data, for generations 3 and 4.

local assert = require('luassert')
local at = require('scenes')
local llsocket = require('llsocket')
local network = require('network')
local replay = require('replay')
local styles = require('tests.faces.styles')

local args, results = replay.pack, replay.pack
local SOCK_DGRAM, SOCK_RAW, SOL_SOCKET, SCM_RIGHTS =
  llsocket.SOCK_DGRAM, llsocket.SOCK_RAW, llsocket.SOL_SOCKET, llsocket.SCM_RIGHTS
local no_descriptor = 2147483647
local large = ('x'):rep(4000000)

local function vector_of(module, ...)
  local iov = module.iovec.new()
  for _, part in ipairs({ ... }) do
    if type(part) == 'string' then
      assert(iov:add(part))
    else
      assert(iov:addn(part))
    end
  end
  return iov
end

-- A msghdr of strings, and of numbers that are room for so many bytes.
local function message_of(module, ...)
  local mh = module.msghdr.new()
  mh:iov(vector_of(module, ...))
  mh:control(module.cmsghdrs.new())
  return mh
end

-- What a generation has of another that is not its own.
local function other_module(style)
  return style.generation == 4 and require('llsocket.v3') or llsocket
end

local function sending_message(style)
  local module = style.module
  local function with(...)
    return args(message_of(module, ...))
  end
  local function passing(...)
    local mh = message_of(module, ...)
    mh:control():push(module.cmsghdr.rights(0))
    return args(mh)
  end
  local with_foreign_vector = module.msghdr.new()
  with_foreign_vector:iov(vector_of(other_module(style), 'hello'))
  local function to_another(scene)
    local sock, address = at.udp_and_target()(scene)
    local mh = message_of(module, ('x'):rep(70000))
    mh:name(address)
    return sock, mh
  end
  return {
    { 'success', on = at.idle(), with = with('he', 'llo'), gives = results(5, nil, false) },
    { 'success', 'with a descriptor', on = at.idle(), with = passing('x'), gives = results(1, nil, false) },
    { 'success', 'with an iovec of another generation', on = at.idle(), with = args(with_foreign_vector),
      gives = results(5, nil, false) },
    { 'success', 'an empty datagram', on = at.idle(SOCK_DGRAM), with = with(), gives = results(0, nil, false) },
    { 'success', 'a part', on = at.idle(), with = with(large), gives = results(
      replay.matcher('less than everything', function(n)
        return n > 0 and n < #large
      end), nil, true) },
    { 'would block', on = at.full(), with = with('x'), gives = results(0, nil, true) },
    { 'closed by peer', on = at.abandoned(), with = with('x'), gives = style.gone('EPIPE', 'sendmsg') },
    { 'failure', 'too large', on = to_another, gives = style.message_too_large },
    { 'failure', 'a descriptor without a byte', on = at.idle(), with = passing(),
      gives = style.failure('EINVAL', 'sendmsg') },
    { 'failure', 'closed', on = at.closed(), with = with('x'), gives = style.failure('EBADF', 'sendmsg') },
    { 'wrong argument', 'of another generation', on = at.idle(), with = args(other_module(style).msghdr.new()),
      raises = ("bad argument #1 to 'sendmsg' (%s expected, got %s of generation %d)"):format(style.class('msghdr'),
        getmetatable(other_module(style).msghdr.new()), style.generation == 4 and 3 or 4) },
  }
end

-- The socket of a stage and a msghdr with room for so many bytes.
local function and_room(make, size)
  return function(scene)
    return make(scene), message_of(scene.module, size)
  end
end

local function descriptor_sender(scene)
  local sock, other = scene:pair()
  local mh = message_of(scene.module, 'x')
  mh:control():push(scene.module.cmsghdr.rights(at.file()(scene)))
  other:sendmsg(mh)
  return sock
end

local function has_descriptor(_, mh)
  local fd = mh:control():shift():data()
  assert.equal(0, fd % 1)
  assert.is_truthy(llsocket.socket.close(fd))
end

local function has_sender(_, mh)
  assert.equal(at.host, mh:name():addr())
end

local function receiving_message(style)
  local function to_foreign_vector(scene)
    local mh = scene.module.msghdr.new()
    mh:iov(vector_of(other_module(style), 5))
    return at.receiver('hello')(scene), mh
  end
  return {
    { 'success', on = and_room(at.receiver('hello'), 5), gives = results(5, nil, false) },
    { 'success', 'less than the room', on = and_room(at.receiver('hello'), 64), gives = results(5, nil, true) },
    { 'success', 'with a descriptor', on = and_room(descriptor_sender, 1), gives = results(1, nil, false),
      after = has_descriptor },
    { 'success', 'with the sender', on = and_room(at.udp_receiver('hello'), 5), gives = results(5, nil, false),
      after = has_sender },
    { 'success', 'an empty datagram', on = and_room(at.receiver('', SOCK_DGRAM), 5), gives = results(0, nil, false) },
    { 'success', 'to an iovec of another generation', on = to_foreign_vector, gives = results(5, nil, false) },
    { 'would block', on = and_room(at.idle(), 5), gives = results(0, nil, true) },
    { 'closed by peer', on = and_room(at.abandoned(), 5), gives = results(nil) },
    { 'failure', 'reset', on = and_room(at.reset(), 5), gives = style.failure('ECONNRESET', 'recvmsg') },
    { 'failure', 'closed', on = and_room(at.closed(), 5), gives = style.failure('EBADF', 'recvmsg') },
  }
end

local function file_to_unix_target(scene)
  local unnamed = scene.unix_address('', SOCK_DGRAM)
  local target = network.keep(scene.open(unnamed))
  target:bind(unnamed)
  return network.keep(scene.open(unnamed)), at.file()(scene), target:getsockname()
end

local function sending_descriptor(style)
  return {
    { 'success', on = at.with_file(at.idle()), gives = results(0, nil, false) },
    { 'success', 'to an address, with flags', on = file_to_unix_target,
      with = args(llsocket.MSG_DONTWAIT, llsocket.MSG_NOSIGNAL), gives = results(0, nil, false) },
    { 'would block', on = at.with_file(at.full()), gives = results(0, nil, true) },
    { 'closed by peer', on = at.with_file(at.abandoned()), gives = style.gone('EPIPE', 'sendmsg') },
    { 'failure', 'no unix socket', on = at.with_file(at.client()), gives = style.failure('EOPNOTSUPP', 'sendmsg') },
    { 'failure', 'no such descriptor', on = at.idle(), with = args(no_descriptor),
      gives = style.failure('EBADF', 'sendmsg') },
    { 'failure', 'closed', on = at.with_file(at.closed()), gives = style.failure('EBADF', 'sendmsg') },
  }
end

-- A socket to which the other end of its pair sent a descriptor.
local function descriptor_receiver(scene)
  local sock, other = scene:pair()
  other:sendfd(at.file()(scene))
  return sock
end

local function receiving_descriptor(style)
  local rows = {
    { 'success', on = descriptor_receiver, gives = results(replay.blocking_fd) },
    { 'success', 'with flags', on = descriptor_receiver, with = args(llsocket.MSG_DONTWAIT, llsocket.MSG_WAITALL),
      gives = results(replay.blocking_fd) },
    { 'would block', on = at.idle(), gives = results(nil, nil, true) },
    { 'closed by peer', on = at.abandoned(), gives = results(nil) },
    { 'failure', 'data is next', on = at.receiver('data'), gives = style.failure('ENOMSG', 'recvmsg') },
    { 'failure', 'closed', on = at.closed(), gives = style.failure('EBADF', 'recvmsg') },
  }
  for name, socktype in pairs({ datagram = SOCK_DGRAM, raw = SOCK_RAW }) do
    table.insert(rows, { 'failure', 'a message without one is next, ' .. name, on = at.receiver('data', socktype),
      gives = style.no_descriptor_in_message })
  end
  return rows
end

-- The objects themselves: `new` makes one of a class.
local function holding(style)
  local module = style.module
  local stranger, complaint = styles.stranger(style, 'name', 1)
  local function new_message()
    return module.msghdr.new()
  end
  local function full_message()
    local mh = message_of(module, 'he', 'llo')
    mh:name(style.scene.address(1, SOCK_DGRAM))
    return mh
  end
  local function slot(class, new)
    return {
      { 'success', 'empty', on = new_message, gives = results(nil) },
      { 'success', 'read', on = full_message, gives = results(replay.object(style.class(class))) },
      { 'success', 'set the first time', on = new_message, with = args(new()), gives = results(nil) },
      { 'success', 'replaced', on = full_message, with = args(new()),
        gives = results(replay.object(style.class(class))) },
      { 'success', 'removed', on = full_message, with = args(nil),
        gives = results(replay.object(style.class(class))) },
      { 'wrong argument', on = new_message, with = args(5), raises = 'expected, got number)' },
    }
  end
  local tables = {
    ['msghdr.new'] = { { 'success', gives = results(replay.object(style.class('msghdr'), { bytes = 0, flags = 0 })) } },
    ['msghdr:name'] = slot('addrinfo', function()
      return style.scene.address(2, SOCK_DGRAM)
    end),
    ['msghdr:iov'] = slot('iovec', module.iovec.new),
    ['msghdr:control'] = slot('cmsghdrs', module.cmsghdrs.new),
    ['msghdr:flags'] = {
      { 'success', on = new_message, gives = results(0) },
      { 'success', 'cut', on = function(scene)
        local mh = message_of(module, 2)
        at.receiver('hello', SOCK_DGRAM)(scene):recvmsg(mh)
        return mh
      end, gives = results(llsocket.MSG_TRUNC) },
    },
    ['msghdr:bytes'] = {
      { 'success', 'without an iovec', on = new_message, gives = results(0) },
      { 'success', on = full_message, gives = results(5) },
    },
  }
  table.insert(tables['msghdr:name'], { 'wrong argument', 'of another generation', on = new_message,
    with = args(stranger), raises = complaint })
  return tables
end

local function controlling(style)
  local module = style.module
  local cmsg = replay.object(style.class('cmsghdr'), { level = SOL_SOCKET, type = SCM_RIGHTS })
  local function stamp()
    return module.cmsghdr.new(SOL_SOCKET, llsocket.SCM_TIMESTAMP, 'bytes')
  end
  local function rights()
    return module.cmsghdr.rights(1, 0)
  end
  local function queue()
    local cmsgs = module.cmsghdrs.new()
    cmsgs:push(rights())
    return cmsgs
  end
  return {
    ['cmsghdr.new'] = {
      { 'success', with = args(SOL_SOCKET, llsocket.SCM_TIMESTAMP, 'bytes'),
        gives = results(replay.object(style.class('cmsghdr'), { data = 'bytes', type = llsocket.SCM_TIMESTAMP })) },
      { 'wrong argument', with = args(SOL_SOCKET, SCM_RIGHTS, 'odd'),
        raises = "bad argument #3 to 'new' (descriptors expected, a whole number of ints)" },
    },
    ['cmsghdr.rights'] = {
      { 'success', with = args(0, 1, 2), gives = results(cmsg) },
      { 'wrong argument', raises = "bad argument #1 to 'rights' (descriptor expected)" },
    },
    ['cmsghdr:level'] = { { 'success', on = stamp, gives = results(SOL_SOCKET) } },
    ['cmsghdr:type'] = { { 'success', on = stamp, gives = results(llsocket.SCM_TIMESTAMP) } },
    ['cmsghdr:data'] = {
      { 'success', on = stamp, gives = results('bytes') },
      { 'success', 'of descriptors', on = rights, gives = results(1, 0) },
    },
    ['cmsghdrs.new'] = { { 'success', gives = results(replay.object(style.class('cmsghdrs'))) } },
    ['cmsghdrs:push'] = {
      { 'success', on = queue, with = args(stamp()), gives = results() },
      { 'wrong argument', 'of another generation', on = queue, with = args(other_module(style).cmsghdr.rights(0)),
        raises = (' of generation %d)'):format(style.generation == 4 and 3 or 4) },
    },
    ['cmsghdrs:shift'] = {
      { 'success', on = queue, gives = results(cmsg) },
      { 'success', 'empty', on = module.cmsghdrs.new, gives = results(nil) },
    },
  }
end

local messages = {}

function messages.tables(style)
  local tables = {
    ['socket:sendmsg'] = sending_message(style),
    ['socket:recvmsg'] = receiving_message(style),
    ['socket:sendfd'] = sending_descriptor(style),
    ['socket:recvfd'] = receiving_descriptor(style),
  }
  for _, more in ipairs({ holding(style), controlling(style) }) do
    for entry, rows in pairs(more) do
      tables[entry] = rows
    end
  end
  return tables
end

return messages
