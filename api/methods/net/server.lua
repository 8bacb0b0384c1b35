-- SPDX-License-Identifier: MIT
-- Class net.stream.Server; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local err, timeout, failure = shapes.err, shapes.timeout, shapes.failure

local connection = { name = 'sock', type = 'net.stream.Socket', optional = true, says = 'the connection' }
local accept_errors = { 'EINVAL', 'EMFILE', 'EBUSY', 'ECANCELED' }
local accept_note = 'A connection that was lost before it is accepted is left out, as accept(2) says. The deadline is '
  .. 'that of receiving, and `onwaitrecv` is asked before it waits.'

return {
  name = 'net.stream.Server',
  called = 'net.stream.Server',
  title = 'net.stream.Server',
  object = 'server',
  parents = { 'net.stream.Socket' },
  summary = 'listening, accepting, serving each connection in a task, socket activation',
  functions = {
    {
      name = 'sockets',
      says = 'Gives the listening sockets that whoever started the program has opened for it, as systemd does.',
      params = {
        { name = 'name', type = 'string', optional = true, says = 'only those of this name (LISTEN_FDNAMES)' },
      },
      results = {
        {
          name = 'servers',
          type = 'table',
          of = 'net.stream.Server',
          optional = true,
          says = 'a list of servers, in their order, which is empty where nothing was passed; of class '
            .. 'net.stream.inet.Server or net.stream.unix.Server',
        },
        err,
      },
      errors = { 'EPROTOTYPE', 'ENOTSOCK', 'EBADF' },
      note = 'Each call gives the same servers. They listen already. EPROTOTYPE: one is no listening stream socket. '
        .. '`server:sockets([name])` does the same. `setmetatable(server, MyServer)` makes one a server '
        .. 'of a class of your own.',
      source = 'sd_listen_fds(3)',
    },
  },
  methods = {
    {
      name = 'listen',
      says = 'Begins to listen for connections.',
      params = {
        {
          name = 'backlog',
          type = 'integer',
          optional = true,
          default = 'SOMAXCONN',
          says = 'how many connections may wait to be accepted',
        },
      },
      results = { failure },
      errors = { 'EADDRINUSE' },
      note = 'Can be called again for another `backlog`.',
      source = 'listen(2)',
    },
    {
      name = 'accept',
      says = 'Accepts the next connection.',
      params = {},
      results = { connection, err, timeout },
      errors = accept_errors,
      note = 'What `createConnection` returns is what it gives. The connection blocks or not as the server does. '
        .. accept_note,
      source = 'accept(2)',
    },
    {
      name = 'tlsconfig',
      says = 'Takes another configuration for the connections that come. Those that are there stay as they are.',
      params = { { name = 'tlscfg', type = 'net.tls.config', says = 'the new one' } },
      results = { { name = 'ok', type = 'boolean', optional = true, says = 'true' }, err },
      errors = { 'TLS_CONFIG' },
      note = 'So a certificate is replaced while the server runs. One that was made without `tlscfg`, such as one of '
        .. '`sockets`, speaks TLS from then on; while it serves without, this raises an error.',
    },
    {
      name = 'handshakeFailed',
      says = 'Is called when the handshake of a connection fails, of which `accept` and `serve` tell nothing else. It '
        .. 'does nothing; a class or a server can have its own. 512 handshakes go on at once; another ends '
        .. 'the oldest (ECANCELED), and `close` of the server all.',
      params = { { name = 'err', type = 'string', says = 'what is wrong' } },
      results = {},
      errors = {},
    },
    {
      name = 'acceptfd',
      says = 'Accepts the next connection as a bare descriptor, which the program must close. TLS is its '
        .. 'business, too.',
      params = {},
      results = {
        { name = 'fd', type = 'fd', optional = true, says = 'the descriptor, which is close-on-exec' },
        err,
        timeout,
      },
      errors = accept_errors,
      note = '`net.stream.wrap(fd)` makes a socket of it. ' .. accept_note,
      source = 'accept(2)',
    },
    {
      name = 'createConnection',
      says = 'Makes the object that `accept` and `serve` give for a connection. A class or a server can have its own.',
      params = {
        { name = 'sock', type = 'socket', says = 'the accepted socket of llsocket' },
        { name = 'tls', type = 'any', optional = true, says = 'of TLS: the session; else nil' },
      },
      results = {
        {
          name = 'sock',
          type = 'net.stream.Socket',
          optional = true,
          says = 'the connection; nil if the server does not want it: then `sock` is closed, and `serve` goes on',
        },
        { name = 'err', type = 'string', optional = true, says = 'why not, which `accept` returns' },
      },
      note = 'That of net gives a net.stream.Socket, or a net.stream.unix.Socket. `Connection.new(sock)` of a class '
        .. 'that derives from these makes another; over TLS that speaks it from the start. `serve` calls it in the '
        .. 'task of the connection, so that it may wait. An error in it, or what is no connection, `accept` raises; '
        .. 'in `serve` it ends that connection only.',
    },
    {
      name = 'serve',
      says = 'Accepts connections until `stop`, and calls a function for each, in a task of its own.',
      params = {
        {
          name = 'handler',
          type = 'function',
          says = 'called as `handler(sock, server)`; the connection is closed when it returns',
        },
        {
          name = 'options',
          type = 'table',
          optional = true,
          says = 'how it serves',
          fields = {
            {
              name = 'limit',
              type = 'integer',
              optional = true,
              min = 1,
              max = math.huge,
              says = 'how many connections at once; more wait in the backlog',
            },
            {
              name = 'onerror',
              type = 'function',
              optional = true,
              says = 'called as `onerror(err, traceback, sock)` when a handler raises an error, before its connection '
                .. 'is closed, or `createConnection` does (then `sock` is nil), or `close` of its class; without it '
                .. '`loop.onerror` is told',
            },
            shapes.msec('drain', 'how long `stop` waits for connections, in milliseconds; for ever if nil'),
          },
        },
      },
      results = { { name = 'ok', type = 'boolean', optional = true, says = '`true` when it was stopped' }, err },
      errors = { 'EINVAL', 'EBADF' },
      note = 'Only inside of a task of `net.loop`, and once at a time; else it raises an error. A server that was made '
        .. 'outside of tasks no longer blocks from then on. An error of a handler ends its own connection only. When '
        .. 'there are no descriptors or no memory (EMFILE, ENFILE, ENOBUFS, ENOMEM) connections that come are accepted '
        .. 'on a reserve descriptor and closed, so that their peers know, after pauses of 10 milliseconds to 1 second.',
      source = 'accept(2)',
    },
    {
      name = 'stop',
      says = 'Ends `serve`: no more connections are accepted, and those that are there go on to their end.',
      params = {
        shapes.msec('msec', 'how long at most, in milliseconds: then the rest is cancelled and closed; `drain` if nil'),
      },
      results = {},
      note = 'It closes the server and does not wait: `serve` returns when the last connection has ended. To close the '
        .. 'server does the same. Called again with `msec` it sets the time anew. A server that does not serve is only '
        .. 'closed.',
    },
  },
  attributes = {
    { name = 'name', type = 'string', optional = true, says = "its name, if it is of `sockets`; `''` for none" },
  },
}
