-- SPDX-License-Identifier: MIT
-- Methods of class socket that send and receive; the fields are described in api/methods.lua.

local shapes = require('api.methods.shapes')

local err, again, again_short = shapes.err, shapes.again, shapes.again_short
local flags, with, count = shapes.flags, shapes.with, shapes.count

local fd = { name = 'fd', type = 'fd', min = 0, max = shapes.int_max }
local ai = { name = 'ai', type = 'addrinfo', says = 'the address' }
local message = { name = 'msg', type = 'string', says = 'the bytes to send' }
local received = { name = 'msg', type = 'string', optional = true, says = 'what arrived' }

local end_of_stream = 'When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.'
local peer_gone = 'No call raises SIGPIPE: a peer that is gone is EPIPE or ECONNRESET.'

return {
  {
    name = 'write',
    since = 4,
    says = 'Sends bytes; the same as `send` without flags.',
    params = { message },
    results = { count('bytes sent; 0 if none'), err, again_short },
    errors = { 'EPIPE', 'ECONNRESET' },
    note = peer_gone,
    source = 'write(2)',
  },
  {
    name = 'send',
    since = 1,
    says = 'Sends bytes, or one message, to the peer.',
    params = { message, flags },
    results = { count('bytes sent; 0 if none'), err, again_short },
    errors = { 'EPIPE', 'ECONNRESET', 'EMSGSIZE', 'ENOTCONN', 'EDESTADDRREQ' },
    note = peer_gone .. ' An empty string sends nothing on a stream and an empty message elsewhere.',
    source = 'send(2)',
  },
  {
    name = 'sendto',
    since = 1,
    says = 'Sends one message to an address.',
    params = { message, ai, flags },
    results = { count('bytes sent; 0 if none'), err, again_short },
    errors = { 'EMSGSIZE', 'EISCONN', 'EACCES', 'ENETUNREACH' },
    source = 'sendto(2)',
  },
  {
    name = 'sendfd',
    since = 3,
    says = 'Passes a descriptor over a unix socket, with one byte beside it that `recvfd` removes.',
    params = {
      with(fd, { says = 'the descriptor to pass; the receiver gets its own' }),
      with(ai, { optional = true, says = 'the receiver, for a datagram socket without a peer' }),
      flags,
    },
    results = { count('always 0'), err, again },
    errors = { 'EBADF', 'EPIPE', 'EOPNOTSUPP', 'ETOOMANYREFS' },
    source = 'sendmsg(2), unix(7)',
  },
  {
    name = 'sendmsg',
    since = 3,
    says = 'Sends the bytes of an iovec, with an address and control messages if the msghdr has them.',
    params = { { name = 'mh', type = 'msghdr', says = 'what to send' }, flags },
    results = { count('bytes sent; 0 if none'), err, again_short },
    errors = { 'EPIPE', 'ECONNRESET', 'EMSGSIZE', 'EINVAL' },
    note = 'The iovec keeps its bytes: after a short count, `iovec:consume` what was sent and call again. Control '
      .. 'messages go with the first byte, so a short send takes them out of the cmsghdrs; on a stream without a byte '
      .. 'they are refused (EINVAL).',
    source = 'sendmsg(2)',
  },
  {
    name = 'sendfile',
    says = 'Sends part of a file without copying it through the program.',
    params = {
      {
        name = 'fd',
        type = 'fd|file',
        min = 0,
        max = shapes.int_max,
        says = 'a descriptor or an open Lua file; output that the file still holds is written first',
      },
      { name = 'bytes', type = 'integer', min = 0, max = math.huge, says = 'how many bytes to send' },
      {
        name = 'offset',
        type = 'integer',
        optional = true,
        default = '0',
        min = 0,
        max = math.huge,
        says = 'where in the file to begin',
      },
    },
    results = { count('bytes sent; 0 without `again` at the end of the file'), err, again_short },
    errors = { 'EBADF', 'EPIPE', 'ECONNRESET', 'EINVAL' },
    note = 'The position of the file stays where it is.',
    source = 'sendfile(2)',
  },
  {
    name = 'read',
    since = 4,
    says = 'Receives bytes; the same as `recv` without flags.',
    params = { shapes.bufsize },
    results = { received, err, again },
    errors = { 'ECONNRESET' },
    note = end_of_stream,
    source = 'read(2)',
  },
  {
    name = 'recv',
    since = 1,
    says = 'Receives bytes, or one message.',
    params = { shapes.bufsize, flags },
    results = { received, err, again },
    errors = { 'ECONNRESET', 'ECONNREFUSED', 'ENOTCONN' },
    note = end_of_stream,
    source = 'recv(2)',
  },
  {
    name = 'recvfrom',
    since = 1,
    says = 'Receives one message and the address of its sender.',
    params = { shapes.bufsize, flags },
    results = {
      received,
      err,
      again,
      with(ai, { optional = true, says = 'the sender; nil where the protocol tells none' }),
    },
    errors = { 'ECONNREFUSED', 'ENOTCONN' },
    note = end_of_stream,
    source = 'recvfrom(2)',
  },
  {
    name = 'recvfd',
    since = 3,
    says = 'Receives a descriptor that `sendfd` passed. It is close-on-exec and the program must close it.',
    params = { flags },
    results = {
      { name = 'fd', type = 'fd', optional = true, says = 'the descriptor' },
      err,
      again,
    },
    errors = { 'ENOMSG', 'EMSGSIZE' },
    note = 'Ordinary data is never consumed: ENOMSG when it comes first or, on a stream, shares the message with '
      .. 'the descriptor; EMSGSIZE when the message carries several descriptors or, on a datagram or seqpacket '
      .. 'socket, more than one byte. `recvmsg` takes these with their descriptors. At the end of a stream all '
      .. 'results are nil.',
    source = 'recvmsg(2), unix(7)',
  },
  {
    name = 'recvmsg',
    since = 3,
    says = 'Receives into an iovec, with the address and control messages if the msghdr has room for them.',
    params = { { name = 'mh', type = 'msghdr', says = 'where everything goes' }, flags },
    results = {
      count('bytes received; 0 if none'),
      err,
      with(again, {
        says = '`true` if the count is less than `mh:bytes()` and not 0, or the call would block or was interrupted '
          .. '(EAGAIN, EWOULDBLOCK, EINTR)',
      }),
    },
    errors = { 'ECONNRESET', 'EMFILE' },
    note = 'The cmsghdrs of the msghdr is replaced by what arrived. `mh:flags()` tells whether data (MSG_TRUNC) or '
      .. 'control messages (MSG_CTRUNC) were cut. An empty datagram is `0, nil, false`. When the peer closed a '
      .. 'stream, all results are nil.',
    source = 'recvmsg(2)',
  },
}
