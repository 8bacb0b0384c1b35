-- SPDX-License-Identifier: MIT
-- What the tests of messages, control data and descriptors share.

local lfs = require('lfs')
local llsocket = require('llsocket')

local messages = {}

-- How many descriptors this process has open; objects that were dropped are collected first. In two rounds: what a
-- finalizer lets go is collected in the second.
function messages.open_count()
  collectgarbage()
  collectgarbage()
  local count = 0
  for _ in lfs.dir('/proc/self/fd') do
    count = count + 1
  end
  return count
end

-- Whether two descriptors stand for the same open socket or file.
function messages.is_same_file(fd, other)
  local a = lfs.attributes(('/proc/self/fd/%d'):format(fd))
  local b = lfs.attributes(('/proc/self/fd/%d'):format(other))
  return a ~= nil and b ~= nil and a.dev == b.dev and a.ino == b.ino
end

-- Two connected unix sockets that live no longer than the caller holds them: for tests that count descriptors.
function messages.pair(socktype, nonblock)
  local socks = assert(llsocket.socket.pair(socktype, 0, nonblock))
  return socks[1], socks[2]
end

function messages.has_flag(flags, flag)
  return flags % (2 * flag) >= flag
end

-- An iovec of these strings.
function messages.bytes(...)
  local iov = llsocket.iovec.new()
  for _, part in ipairs({ ... }) do
    assert(iov:add(part))
  end
  return iov
end

-- An iovec with room of these sizes.
function messages.room(...)
  local iov = llsocket.iovec.new()
  for _, size in ipairs({ ... }) do
    assert(iov:addn(size))
  end
  return iov
end

-- A msghdr with the parts that are given: iov, control, name.
function messages.message(parts)
  local mh = llsocket.msghdr.new()
  mh:iov(parts.iov)
  mh:control(parts.control)
  mh:name(parts.name)
  return mh
end

-- A cmsghdrs with these control messages.
function messages.queue(...)
  local cmsgs = llsocket.cmsghdrs.new()
  for _, cmsg in ipairs({ ... }) do
    cmsgs:push(cmsg)
  end
  return cmsgs
end

-- A cmsghdrs that passes these descriptors.
function messages.rights(...)
  return messages.queue(llsocket.cmsghdr.rights(...))
end

-- A message with room for this many bytes, 64 by default, and for control data.
function messages.receiver(size)
  return messages.message({ iov = messages.room(size or 64), control = llsocket.cmsghdrs.new() })
end

-- Takes control messages until one has this level and type; nil if none has.
function messages.find(cmsgs, level, type)
  local cmsg = cmsgs:shift()
  while cmsg and not (cmsg:level() == level and cmsg:type() == type) do
    cmsg = cmsgs:shift()
  end
  return cmsg
end

-- The descriptors of the first SCM_RIGHTS message; they are the caller's.
function messages.take_fds(cmsgs)
  local cmsg = messages.find(cmsgs, llsocket.SOL_SOCKET, llsocket.SCM_RIGHTS)
  return cmsg and { cmsg:data() } or {}
end

function messages.close_all(fds)
  for _, fd in ipairs(fds) do
    assert(llsocket.socket.close(fd))
  end
end

-- The data of SCM_RIGHTS is an array of C ints, so it tells how this machine writes one.
local function read_int(bytes)
  return (llsocket.cmsghdr.new(llsocket.SOL_SOCKET, llsocket.SCM_RIGHTS, bytes):data())
end

-- The C ints of a native structure.
function messages.ints(bytes)
  local list = {}
  for at = 1, #bytes - 3, 4 do
    list[#list + 1] = read_int(bytes:sub(at, at + 3))
  end
  return list
end

-- The bytes of a C int from 0 to 255.
function messages.small_int(value)
  local is_little_endian = read_int('\1\0\0\0') == 1
  return is_little_endian and string.char(value, 0, 0, 0) or string.char(0, 0, 0, value)
end

return messages
