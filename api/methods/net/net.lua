-- SPDX-License-Identifier: MIT
-- Module net; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local fn, arguments, with = shapes.fn, shapes.arguments, shapes.with

local ok = { name = 'ok', type = 'boolean', says = '`true`, or `false` if the function raised an error' }

local fd = { name = 'fd', type = 'fd', min = 0, max = shapes.int_max, says = 'the number of the descriptor' }
local how = {
  name = 'flag',
  type = 'integer',
  optional = true,
  min = 0,
  max = 2,
  says = 'SHUT_RD, SHUT_WR or SHUT_RDWR',
}

return {
  name = 'net',
  module = 'net',
  summary = 'the module: what is where, classes of your own, every constant',
  fields = {
    { name = 'Socket', type = 'net.Socket', says = 'what all sockets have' },
    { name = 'MsgHdr', type = 'net.MsgHdr', says = 'messages of several parts; `net.msghdr.new` makes them, too' },
    { name = 'msghdr', type = 'table', says = 'a table with the function `new` of `net.MsgHdr`' },
    { name = 'stream', type = 'net.stream', says = 'connections: TCP and unix streams' },
    { name = 'dgram', type = 'net.dgram', says = 'datagrams: UDP and unix datagrams' },
    { name = 'unix', type = 'net.unix', says = 'what unix sockets have beside others' },
    { name = 'tls', type = 'net.tls', says = 'TLS: configurations for clients and servers' },
    { name = 'loop', type = 'net.loop', says = 'tasks, and all that they can wait for' },
    { name = 'addrinfo', type = 'llsocket.addrinfo', says = 'addresses: the module of llsocket' },
    { name = 'cmsghdr', type = 'llsocket.cmsghdr', says = 'control messages: the module of llsocket' },
    { name = 'CmsgHdr', type = 'llsocket.cmsghdr', says = 'the same' },
    { name = 'cmsghdrs', type = 'llsocket.cmsghdrs', says = 'queues of them: the module of llsocket' },
  },
  functions = {
    {
      name = 'class',
      says = 'Makes a class, such as one of sockets with methods of your own.',
      params = {
        { name = 'name', type = 'string', says = 'what `tostring` of its instances shows' },
        {
          name = 'parent',
          type = 'values',
          optional = true,
          says = 'the classes from which it has what it does not have itself; the first goes before the second',
        },
      },
      results = { { name = 'class', type = 'table', says = 'the class, a plain table' } },
      note = '`class.new(...)` makes an instance: what `class:construct(...)` returns, which a class can have of its '
        .. 'own. It gives the instance, or nil and what is wrong.',
    },
    {
      name = 'shutdown',
      says = 'Ends one or both directions of a connection, by the number of its descriptor.',
      params = { fd, with(how, { default = 'SHUT_RDWR' }) },
      results = { shapes.failure },
      errors = { 'EBADF', 'ENOTSOCK', 'ENOTCONN' },
      source = 'shutdown(2)',
    },
    {
      name = 'close',
      says = 'Closes a descriptor, by its number, such as one of `acceptfd` or `recvfd`.',
      params = { fd, with(how, { says = 'the directions to end before: ' .. how.says }) },
      results = { shapes.failure },
      errors = { 'EBADF' },
      note = 'It is closed even when the shutdown fails. A socket is closed by `sock:close()`.',
      source = 'shutdown(2), close(2)',
    },
    {
      name = 'pcall',
      says = 'Calls a function in protected mode.',
      params = { fn, arguments },
      results = { ok, { name = '...', type = 'any', says = 'what the function returned, or the error' } },
      note = "Lua's own, except on plain Lua 5.1. There the function runs in a coroutine, so that waits pass through.",
      source = '`pcall` of the Lua manual',
    },
    {
      name = 'xpcall',
      says = 'Calls a function in protected mode, with a handler for its error.',
      params = {
        fn,
        { name = 'handler', type = 'function', says = 'called with the error; what it returns is the second result' },
        with(arguments, { says = 'what the function is called with; plain Lua 5.1 has this only here' }),
      },
      results = { ok, { name = '...', type = 'any', says = 'what the function returned, or what the handler did' } },
      note = "Lua's own, except on plain Lua 5.1. There the handler runs when the function has ended, so it finds "
        .. 'nothing of it on the stack; `debug.traceback` as the handler tells the place of the error nevertheless.',
      source = '`xpcall` of the Lua manual',
    },
  },
}
