-- SPDX-License-Identifier: MIT
-- Class socket; the fields are described in api/methods.lua. The option methods come from api/options.lua.

local shapes = require('api.methods.shapes')

local err, ok, with = shapes.err, shapes.ok, shapes.with

local family = { name = 'family', type = 'integer', says = 'an AF_* constant' }
local socktype = { name = 'socktype', type = 'integer', says = 'a SOCK_* constant' }
local sock = { name = 'sock', type = 'socket', optional = true, says = 'the socket' }
local fd = { name = 'fd', type = 'fd', min = 0, max = shapes.int_max, says = 'a descriptor number' }
local ai = { name = 'ai', type = 'addrinfo', says = 'the address' }
local peer = { name = 'ai', type = 'addrinfo', optional = true }
local enable = {
  name = 'enable',
  type = 'boolean',
  optional = true,
  says = 'the new state; without it the state is only read',
}
local was_enabled = { name = 'enable', type = 'boolean', optional = true, says = 'the state before the call' }

local msec = {
  name = 'msec',
  type = 'number',
  optional = true,
  default = '0',
  min = 0,
  max = shapes.int_max,
  says = 'milliseconds to wait, rounded up; 0 only looks',
}
local exception = {
  name = 'exception',
  type = 'boolean',
  optional = true,
  default = 'false',
  says = 'whether to wait for urgent data too',
}

local closed_anyway = 'It is closed even when the shutdown fails; the error of the shutdown is then the one reported.'

local class = {
  name = 'socket',
  since = 2,
  module = 'llsocket.socket',
  object = 'sock',
  summary = 'sockets: making, connecting, sending, receiving, options',
  operators = {
    { sign = 'tostring(sock)', says = '`llsocket.socket: 5`, or `llsocket.socket: closed`' },
    { sign = '<close>', says = 'Lua 5.4 closes the socket when the variable goes out of scope' },
    { sign = 'collection', says = 'a socket that nothing refers to is closed by the garbage collector' },
  },
  functions = {
    {
      name = 'new',
      says = 'Makes a socket.',
      params = { family, socktype, shapes.protocol, shapes.nonblock },
      results = { sock, err },
      errors = { 'EAFNOSUPPORT', 'EPROTONOSUPPORT', 'EPROTOTYPE', 'EMFILE', 'EPERM' },
      source = 'socket(2)',
    },
    {
      name = 'pair',
      says = 'Makes two unix sockets that are connected with each other.',
      params = { socktype, shapes.protocol, shapes.nonblock },
      results = {
        { name = 'socks', type = 'table', optional = true, says = 'the two sockets, at 1 and 2' },
        err,
      },
      errors = { 'EPROTONOSUPPORT', 'EMFILE' },
      source = 'socketpair(2)',
    },
    {
      name = 'wrap',
      since = 3,
      says = 'Makes a socket of a descriptor, which then belongs to it and is close-on-exec.',
      params = {
        fd,
        with(shapes.nonblock, { says = '`true` makes it non-blocking; otherwise the state stays' }),
      },
      results = { sock, err },
      errors = { 'EBADF', 'ENOTSOCK' },
      note = 'When it fails the descriptor stays open and belongs to the program.',
      source = 'getsockopt(2), fcntl(2)',
    },
    {
      name = 'shutdown',
      since = 3,
      says = 'Ends one or both directions of a connection, by descriptor number.',
      params = { fd, with(shapes.how, { default = 'SHUT_RDWR' }) },
      results = { ok, err },
      errors = { 'EBADF', 'ENOTSOCK', 'ENOTCONN' },
      source = 'shutdown(2)',
    },
    {
      name = 'close',
      since = 3,
      says = 'Closes a descriptor, after a shutdown if a direction is given.',
      params = { fd, shapes.how },
      results = { ok, err },
      errors = { 'EBADF' },
      note = closed_anyway,
      source = 'shutdown(2), close(2)',
    },
  },
  methods = {
    {
      name = 'unwrap',
      since = 3,
      says = 'Gives the descriptor away: the program must close it, and the object is as if closed.',
      params = {},
      results = { { name = 'fd', type = 'fd', says = 'the descriptor; -1 if the socket is closed' } },
    },
    {
      name = 'dup',
      says = 'Makes a second socket object with a descriptor of its own for the same socket.',
      params = {},
      results = { sock, err },
      errors = { 'EMFILE' },
      source = 'fcntl(2), F_DUPFD_CLOEXEC',
    },
    {
      name = 'fd',
      says = 'Tells the descriptor.',
      params = {},
      results = { { name = 'fd', type = 'fd', says = 'the descriptor; -1 if the socket is closed' } },
    },
    {
      name = 'family',
      says = 'Tells the address family.',
      params = {},
      results = { family },
      note = 'A closed socket still tells what it was.',
    },
    {
      name = 'socktype',
      since = 1,
      generation1 = 'type',
      says = 'Tells the type.',
      params = {},
      results = { socktype },
      note = 'A closed socket still tells what it was.',
    },
    {
      name = 'protocol',
      says = 'Tells the protocol.',
      params = {},
      results = { { name = 'protocol', type = 'integer', says = 'an IPPROTO_* constant' } },
      note = 'A closed socket still tells what it was.',
    },
    {
      name = 'bind',
      says = 'Gives the socket an address.',
      params = { ai },
      results = { ok, err },
      errors = { 'EADDRINUSE', 'EADDRNOTAVAIL', 'EACCES', 'EAFNOSUPPORT', 'EINVAL' },
      note = 'Port 0 takes a free one; `getsockname` tells which.',
      source = 'bind(2)',
    },
    {
      name = 'connect',
      says = 'Connects to an address, or fixes the peer of a datagram socket.',
      params = { ai },
      results = {
        with(ok, { says = '`true` when connected or when the connection is being made' }),
        with(err, { says = 'why it failed; beside `true` EINPROGRESS or EALREADY: the connection is being made' }),
        {
          name = 'again',
          type = 'boolean',
          optional = true,
          says = '`true` for EAGAIN and ETIMEDOUT: another attempt may succeed',
        },
      },
      errors = { 'EINPROGRESS', 'EALREADY', 'ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOENT' },
      note = 'While a connection is being made, wait with `sendable` and then ask `error`, or call `connect` again: it '
        .. 'answers `true` alone once connected.',
      source = 'connect(2)',
    },
    {
      name = 'shutdown',
      since = 1,
      says = 'Ends one or both directions of a connection.',
      params = { with(shapes.how, { default = 'SHUT_RDWR' }) },
      results = { ok, err },
      errors = { 'ENOTCONN' },
      source = 'shutdown(2)',
    },
    {
      name = 'close',
      since = 1,
      says = 'Closes the socket, after a shutdown if a direction is given.',
      params = { shapes.how },
      results = { ok, err },
      note = 'Closing a closed socket is `true`. ' .. closed_anyway,
      source = 'shutdown(2), close(2)',
    },
    {
      name = 'listen',
      since = 1,
      says = 'Waits for connections, which `accept` then takes.',
      params = {
        {
          name = 'backlog',
          type = 'integer',
          optional = true,
          default = 'SOMAXCONN',
          says = 'how many connections may wait to be accepted',
        },
      },
      results = { ok, err },
      errors = { 'EADDRINUSE', 'EOPNOTSUPP', 'EINVAL' },
      source = 'listen(2)',
    },
    {
      name = 'accept',
      since = 1,
      says = 'Takes the next connection. It has the non-blocking state of the listener.',
      params = {
        {
          name = 'with_ai',
          type = 'boolean',
          optional = true,
          default = 'false',
          says = 'whether to return the address of the peer too',
        },
      },
      results = {
        with(sock, { says = 'the connection' }),
        err,
        shapes.again_accept,
        with(peer, { says = 'the address of the peer, if asked for' }),
      },
      errors = { 'EMFILE', 'EINVAL' },
      source = 'accept(2)',
    },
    {
      name = 'acceptfd',
      since = 3,
      says = 'Takes the next connection as a bare descriptor, which the program must close.',
      params = {},
      results = {
        { name = 'fd', type = 'fd', optional = true, says = 'the descriptor' },
        err,
        shapes.again_accept,
      },
      errors = { 'EMFILE', 'EINVAL' },
      source = 'accept(2)',
    },
    {
      name = 'sendable',
      since = 3,
      says = 'Waits until the socket can send.',
      params = { msec, exception },
      results = { with(ok, { says = '`true` if the socket is ready' }), err, shapes.timeout },
      source = 'poll(2)',
    },
    {
      name = 'recvable',
      since = 3,
      says = 'Waits until something can be received, the end of the stream included.',
      params = { msec, exception },
      results = { with(ok, { says = '`true` if the socket is ready' }), err, shapes.timeout },
      source = 'poll(2)',
    },
    {
      name = 'atmark',
      since = 1,
      says = 'Tells whether the next byte of the stream is at the mark of urgent data.',
      params = {},
      results = { { name = 'bool', type = 'boolean', optional = true, says = 'whether it is' }, err },
      errors = { 'ENOTTY' },
      note = 'ENOTTY for a socket without urgent data, such as UDP.',
      source = 'sockatmark(3)',
    },
    {
      name = 'getsockname',
      since = 1,
      generation1 = 'sockname',
      says = 'Tells the address of the socket.',
      params = {},
      results = { with(ai, { optional = true }), err },
      source = 'getsockname(2)',
    },
    {
      name = 'getpeername',
      since = 1,
      generation1 = 'peername',
      says = 'Tells the address of the peer.',
      params = {},
      results = { with(ai, { optional = true }), err },
      errors = { 'ENOTCONN' },
      source = 'getpeername(2)',
    },
    {
      name = 'cloexec',
      since = 1,
      says = 'Reads or sets whether the descriptor is closed when the process runs another program.',
      params = { enable },
      results = { was_enabled, err },
      note = 'Every socket starts with it set.',
      source = 'fcntl(2), FD_CLOEXEC',
    },
    {
      name = 'nonblock',
      since = 1,
      says = 'Reads or sets whether calls that would block return at once instead.',
      params = { enable },
      results = { was_enabled, err },
      source = 'fcntl(2), O_NONBLOCK',
    },
    {
      name = 'error',
      since = 1,
      says = 'Takes the pending error of the socket, such as the result of a connection attempt.',
      params = {},
      results = {
        { name = 'soerr', type = 'error', optional = true, says = 'the error; nil if none is pending' },
        err,
      },
      source = 'socket(7), SO_ERROR',
    },
  },
}

for _, part in ipairs({ 'socket_transfer', 'socket_multicast' }) do
  for _, method in ipairs(require('api.methods.' .. part)) do
    table.insert(class.methods, method)
  end
end

return class
