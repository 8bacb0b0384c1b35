-- SPDX-License-Identifier: MIT
-- Functions of net.loop that are methods of a socket with a wait; the fields are described in api/methods.lua.

local methods = require('api.methods')
local shapes = require('api.methods.net.shapes')

local err, timeout, with = shapes.err, shapes.timeout, shapes.with

local sock = { name = 'sock', type = 'socket', says = 'the socket' }
local sent = {
  name = 'len',
  type = 'integer',
  optional = true,
  says = 'bytes sent: all of them, or what went until it failed or the time was over',
}
local received = { name = 'msg', type = 'string', optional = true, says = 'what arrived' }

local end_of_stream = 'When the peer closed a stream it gives nil alone. A datagram without bytes is an empty string.'
local peer_gone = 'When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before.'
local must_not_block = 'The socket must not block.'

local function named(list, name)
  for _, row in ipairs(list) do
    if row.name == name then
      return row
    end
  end
end

-- The parameters of a method or function of llsocket, behind those that come first here.
local function params(row, ...)
  local list = { ... }
  for _, param in ipairs(row.params) do
    list[#list + 1] = param
  end
  return list
end

-- What the method of this name does to the end.
local function operation(row)
  local method = named(methods.socket.methods, row.name)
  return with({
    params = params(method, sock, shapes.seconds),
    errors = { 'EBUSY', 'ECANCELED' },
    source = method.source,
  }, row)
end

local getaddrinfo = named(methods.addrinfo.functions, 'getaddrinfo')

return {
  operation({
    name = 'recv',
    says = 'Receives bytes, or one message, as soon as there are any.',
    results = { received, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'ECONNRESET', 'ENOTCONN' },
    note = end_of_stream,
  }),
  operation({
    name = 'send',
    says = 'Sends bytes, all of them, or one message.',
    results = { sent, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'EMSGSIZE', 'ENOTCONN' },
    note = peer_gone,
  }),
  operation({
    name = 'recvfrom',
    says = 'Receives one message and the address of its sender.',
    results = {
      received,
      {
        name = 'ai',
        type = 'addrinfo|string',
        optional = true,
        says = 'the sender, nil where the protocol tells none; without a message, why it failed',
      },
      timeout,
    },
    note = end_of_stream,
  }),
  operation({
    name = 'sendto',
    says = 'Sends one message to an address.',
    results = { sent, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'EMSGSIZE', 'EISCONN', 'ENETUNREACH' },
    note = peer_gone,
  }),
  operation({
    name = 'sendfile',
    says = 'Sends part of a file, all of it or up to its end, without copying it through the program.',
    results = { sent, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'EBADF', 'EINVAL' },
    note = peer_gone .. ' The position of the file stays where it is. ' .. must_not_block,
  }),
  operation({
    name = 'recvmsg',
    says = 'Receives a message into the buffers of a msghdr, with its sender and control messages.',
    results = {
      { name = 'len', type = 'integer', optional = true, says = 'bytes that arrived' },
      err,
      timeout,
    },
    errors = { 'EBUSY', 'ECANCELED' },
    note = 'When the peer closed a stream it gives nil alone. `mh:flags()` tells whether the message was cut.',
  }),
  operation({
    name = 'sendmsg',
    says = 'Sends the bytes of a msghdr, all of them, or one message, with its control messages.',
    results = { sent, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'EMSGSIZE', 'EINVAL' },
    note = peer_gone .. ' The control messages go with the first byte; if that went, and not all others, they are '
      .. 'taken out of the msghdr. Its buffers stay as they are.',
  }),
  {
    name = 'writev',
    says = 'Sends the bytes of an iovec, all of them.',
    params = { sock, shapes.seconds, { name = 'iov', type = 'iovec', says = 'what to send; it stays as it is' } },
    results = { sent, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'ENOTCONN' },
    note = peer_gone .. ' ' .. must_not_block,
    source = 'writev(2)',
  },
  operation({
    name = 'accept',
    says = 'Accepts the next connection.',
    params = { sock, shapes.seconds },
    results = {
      { name = 'sock', type = 'socket', optional = true, says = 'the connection, which does not block' },
      err,
      timeout,
    },
    errors = { 'EBUSY', 'ECANCELED', 'EMFILE', 'EINVAL' },
    note = must_not_block .. ' A connection that failed before it is accepted is left out, and the next one awaited: '
      .. 'ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH and ENETUNREACH, as accept(2) '
      .. 'says.',
  }),
  operation({
    name = 'connect',
    says = 'Connects to an address, until the connection is made.',
    results = { shapes.done, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'ECONNREFUSED', 'ETIMEDOUT', 'ENETUNREACH' },
    note = must_not_block .. ' When the time is over the connection may still be made: close the socket.',
  }),
  {
    name = 'relay',
    says = 'Moves bytes from one stream socket to another, until the stream ends or so many have gone.',
    params = {
      { name = 'from', type = 'socket', says = 'the socket that they come from' },
      shapes.seconds,
      { name = 'to', type = 'socket', says = 'the socket that they go to' },
      {
        name = 'size',
        type = 'integer',
        optional = true,
        min = 0,
        max = math.huge,
        says = 'how many bytes at most; all of them if nil',
      },
    },
    results = {
      {
        name = 'len',
        type = 'integer',
        optional = true,
        says = 'bytes that went to `to`: all up to the end of the stream, `size`, or what went until the time was '
          .. 'over or it failed',
      },
      err,
      timeout,
    },
    errors = { 'EPIPE', 'ECONNRESET', 'EBUSY', 'ECANCELED', 'EBADF', 'ENOTCONN' },
    note = 'It cannot be taken up again: up to 64 KiB may be on their way, taken from `from` and not yet gone to '
      .. '`to`. They are lost when the time is over (`n, nil, true`), when it is cancelled and when it fails, so '
      .. 'close both sockets then. A `size` of 0 gives 0 at once. Neither socket may block. A datagram socket has no '
      .. 'end of the stream: without `size` it goes on until the time is over. On Linux the bytes do not leave the '
      .. 'kernel.',
    source = 'splice(2), recv(2), send(2)',
  },
  {
    name = 'getaddrinfo',
    says = getaddrinfo.says,
    params = params(getaddrinfo, shapes.seconds),
    results = { getaddrinfo.results[1], err, timeout },
    errors = getaddrinfo.errors,
    note = 'An address in figures is there at once. A name is looked up on a thread beside the loop, of which there '
      .. 'are 64 at most: more look-ups wait for one. When the time is over, or the task is cancelled, the answer is '
      .. 'thrown away. One that had to wait is not begun then; one that was begun cannot be stopped, and keeps its '
      .. 'thread until the resolver gives up.',
    source = getaddrinfo.source,
  },
}
