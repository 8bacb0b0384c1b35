-- SPDX-License-Identifier: MIT
-- Parameters and results that many methods share; the fields are described in api/methods.lua.

local shapes = {}

shapes.int_max = 2147483647

shapes.err = { name = 'err', type = 'error', optional = true, says = 'why it failed' }

shapes.ok = { name = 'ok', type = 'boolean', says = '`true` on success, else `false`' }

-- For calls that give a value or a count.
shapes.again = {
  name = 'again',
  type = 'boolean',
  optional = true,
  says = '`true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again',
}

shapes.again_accept = {
  name = 'again',
  type = 'boolean',
  optional = true,
  says = '`true` if nobody waits to be accepted (EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED)',
}

shapes.again_short = {
  name = 'again',
  type = 'boolean',
  optional = true,
  says = '`true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)',
}

shapes.timeout = { name = 'timeout', type = 'boolean', optional = true, says = '`true` if the time ran out' }

shapes.flags = { name = 'flag', type = 'flags', optional = true, says = 'MSG_* constants' }

shapes.bufsize = {
  name = 'bufsize',
  type = 'integer',
  optional = true,
  default = '4096',
  min = 0,
  max = shapes.int_max,
  says = 'the most bytes to receive; 0 gives an empty string at once',
}

shapes.how = {
  name = 'flag',
  type = 'integer',
  optional = true,
  min = 0,
  max = 2,
  says = 'SHUT_RD, SHUT_WR or SHUT_RDWR',
}

shapes.nonblock = {
  name = 'nonblock',
  type = 'boolean',
  optional = true,
  default = 'false',
  says = 'whether calls that would block return at once instead',
}

shapes.protocol = {
  name = 'protocol',
  type = 'integer',
  optional = true,
  default = '0',
  says = 'an IPPROTO_* constant; 0 is the usual protocol of the type',
}

shapes.port = {
  name = 'port',
  type = 'integer|string',
  optional = true,
  min = 0,
  max = 65535,
  nul = false,
  says = 'a number, or a string with a number or the name of a service; 0 if missing',
}

shapes.socktype = {
  name = 'socktype',
  type = 'integer',
  optional = true,
  default = 'SOCK_STREAM',
  says = 'a SOCK_* constant: the kind of socket that it is for',
}

function shapes.count(says)
  return { name = 'len', type = 'integer', optional = true, says = says }
end

-- A copy of a parameter or result with some fields changed.
function shapes.with(base, changes)
  local copy = {}
  for key, value in pairs(base) do
    copy[key] = value
  end
  for key, value in pairs(changes) do
    copy[key] = value
  end
  return copy
end

return shapes
