-- SPDX-License-Identifier: MIT
-- Module net.dgram.unix and its class; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local function assignment(name, says, errors, source, note)
  return {
    name = name,
    says = says,
    params = {
      shapes.with(shapes.options('path', 'pathname'), { optional = true, says = 'the address; nil for that of `new`' }),
    },
    results = { shapes.failure },
    errors = errors,
    note = note,
    source = source,
  }
end

return {
  name = 'dgram.unix',
  called = 'unix',
  module = 'net.dgram.unix',
  summary = 'datagrams between processes of one machine',
  fields = { { name = 'Socket', type = 'net.dgram.unix.Socket', says = 'the class of unix datagram sockets' } },
  functions = {
    {
      name = 'new',
      says = 'Makes a socket for a path, which `bind` or `connect` then gives it.',
      params = { shapes.options('path', 'pathname') },
      results = { { name = 'sock', type = 'net.dgram.unix.Socket', optional = true, says = 'the socket' }, shapes.err },
      errors = { 'ENAMETOOLONG', 'EMFILE' },
      source = 'socket(2), unix(7)',
    },
    shapes.pair('net.dgram.unix.Socket', 'SOCK_DGRAM'),
    shapes.wrap('net.dgram.unix.Socket', 'unix datagram socket', 'It has no address of `new`.'),
  },
  others = {
    {
      name = 'net.dgram.unix.Socket',
      called = 'net.dgram.unix.Socket',
      title = 'net.dgram.unix.Socket',
      object = 'sock',
      parents = { 'net.dgram.Socket', 'net.unix.Socket' },
      summary = 'a unix datagram socket, which can pass descriptors',
      methods = {
        assignment('bind', 'Gives the socket its path, and makes that file.',
          { 'EADDRINUSE', 'ENOENT', 'EACCES', 'ENAMETOOLONG' }, 'bind(2), unix(7)',
          'Nobody removes the file when the socket closes: `os.remove(path)` does.'),
        assignment('connect', 'Sets the peer: `send` sends there, and only what it sends is received.',
          { 'ENOENT', 'ECONNREFUSED', 'EACCES', 'EPERM' }, 'connect(2), unix(7)', nil),
      },
    },
  },
}
