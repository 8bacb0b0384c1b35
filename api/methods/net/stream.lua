-- SPDX-License-Identifier: MIT
-- Module net.stream, and class net.stream.Socket; the fields are described in api/methods.lua.

local options = require('api.methods.net.options')
local shapes = require('api.methods.net.shapes')

local err, timeout, with = shapes.err, shapes.timeout, shapes.with

local size = { name = 'n', type = 'integer', min = 0, max = shapes.int_max, says = 'how many bytes' }
local reading_errors = { 'ECONNRESET', 'EBUSY', 'ECANCELED' }

local function errors_with(name)
  return { name, 'ECONNRESET', 'EBUSY', 'ECANCELED' }
end

local function most(default, says)
  return with(size, { name = 'max', optional = true, default = default, says = says })
end

local reading = {
  {
    name = 'readline',
    says = 'Reads a line: the bytes before the next `\\n` or `\\r\\n`, which is taken as well.',
    params = { most('8192', 'how long it may be, in bytes') },
    results = {
      with(shapes.received, { says = 'the line without its end; at the end of the stream what is left' }), err, timeout,
    },
    errors = errors_with('EMSGSIZE'),
    note = shapes.end_of_stream .. ' EMSGSIZE: the line is longer; its bytes stay.',
  },
  {
    name = 'lines',
    says = 'Iterates over the lines: `for line in sock:lines() do`.',
    params = { most('8192', 'how long each may be, in bytes') },
    results = { { name = 'next', type = 'function', says = 'gives the next line; nil at the end of the stream' } },
    errors = { 'ETIMEDOUT', 'EMSGSIZE', 'ECONNRESET' },
    note = 'The iterator raises errors, and ETIMEDOUT when the time for a line is over. On plain Lua 5.1 a task cannot '
      .. 'wait in a `for`: use `while` with `readline` there.',
  },
  {
    name = 'readn',
    says = 'Reads exactly so many bytes.',
    params = { size },
    results = { with(shapes.received, { says = 'the bytes' }), err, timeout },
    errors = errors_with('EBADMSG'),
    note = shapes.end_of_stream .. ' EBADMSG: it came after some of them; `recv` still gives these.',
  },
  {
    name = 'readuntil',
    says = 'Reads up to a delimiter, which is taken as well.',
    params = {
      { name = 'delimiter', type = 'string', says = 'a plain text of one byte at least' },
      most('65536', 'how many bytes may be before it'),
    },
    results = { with(shapes.received, { says = 'the bytes before the delimiter' }), err, timeout },
    errors = { 'EBADMSG', 'EMSGSIZE', 'ECONNRESET', 'EBUSY', 'ECANCELED' },
    note = shapes.end_of_stream .. ' EBADMSG: it came after some bytes; EMSGSIZE: there are more before the delimiter. '
      .. 'The bytes stay, and `recv` gives them.',
  },
  {
    name = 'peek',
    says = 'Gives the next bytes, which stay to be read.',
    params = { size },
    results = { with(shapes.received, { says = 'the bytes; fewer only at the end of the stream' }), err, timeout },
    errors = reading_errors,
    note = 'When the stream has ended and nothing is left all results are nil.',
  },
}

local sending = shapes.with_turns({
  {
    name = 'sendfile',
    says = 'Sends part of a file, all of it or up to its end, without copying it through the program.',
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
    results = {
      shapes.sent('bytes sent: all, what there was to the end of the file, or what went before it failed or the time '
        .. 'was over'),
      err,
      timeout,
    },
    errors = { 'EBADF', 'EINVAL', 'EBUSY', 'ECANCELED' },
    note = shapes.peer_gone .. ' The position of the file stays where it is.',
    source = 'sendfile(2)',
  },
})

local securing = {
  {
    name = 'starttls',
    says = 'Speaks TLS on a plain connection from now on.',
    params = {
      { name = 'tlscfg', type = 'net.tls.config', says = 'how' },
      {
        name = 'options',
        type = 'table',
        optional = true,
        says = 'how',
        fields = {
          { name = 'server', type = 'boolean', optional = true, says = 'as the server; else as the client' },
          shapes.option.servername,
          { name = 'resumption', type = 'any', optional = true, says = 'of an earlier session: `resumption()`' },
          { name = 'msec', type = 'number', optional = true, says = 'how long it may take, in milliseconds (10000)' },
          {
            name = 'unread',
            type = 'string',
            optional = true,
            says = "what becomes of bytes that were received and not read: 'refuse' (EBADMSG) or 'feed' (they are the "
              .. 'begin of the handshake)',
          },
        },
      },
    },
    results = { { name = 'ok', type = 'boolean', optional = true, says = 'true' }, err, timeout },
    errors = { 'TLS_CONFIG', 'TLS_NO_NAME', 'TLS_PROTOCOL', 'TLS_TRUNCATED', 'EBADMSG', 'EISCONN' },
    note = 'When the handshake fails, is late or is cancelled, the stream is closed. What was wrong before it began '
      .. '(TLS_CONFIG, TLS_NO_NAME, EBADMSG, EISCONN) leaves the stream as it was. Meanwhile other tasks can neither '
      .. 'send nor receive.',
    source = 'RFC 8446',
  },
  {
    name = 'tls',
    says = 'Gives the session of TLS, with what is known of the connection and its peer.',
    params = {},
    results = { { name = 'session', type = 'net.tls.session', optional = true, says = 'nil where there is no TLS' } },
    errors = {},
  },
}

local Socket = {
  name = 'net.stream.Socket',
  called = 'net.stream.Socket',
  title = 'net.stream.Socket',
  object = 'sock',
  parents = { 'net.Socket' },
  summary = 'a connection: reading by lines and counts, files, the options of TCP',
  options_give = options.give,
  methods = {},
}

for _, list in ipairs({ reading, sending, securing, options.methods_of('stream') }) do
  for _, method in ipairs(list) do
    table.insert(Socket.methods, method)
  end
end

return {
  name = 'stream',
  module = 'net.stream',
  summary = 'connections: net.stream.Socket, and the modules of TCP and unix streams',
  fields = {
    { name = 'Socket', type = 'net.stream.Socket', says = 'what all stream sockets have' },
    { name = 'Server', type = 'net.stream.Server', says = 'what all servers have' },
    { name = 'inet', type = 'net.stream.inet', says = 'servers and clients of TCP' },
    { name = 'unix', type = 'net.stream.unix', says = 'servers, clients and pairs of unix sockets' },
  },
  functions = {
    shapes.wrap('net.stream.Socket', 'stream socket', 'A unix socket is a net.stream.unix.Socket.'),
    shapes.lookups('stream'),
  },
  others = { Socket },
}
