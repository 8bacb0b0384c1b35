-- SPDX-License-Identifier: MIT
-- Generation 3: objects, messages and control messages; errors are strings.

local derive = require('api.generations.derive')
local shapes = require('api.methods.shapes')
local strings = require('api.generations.strings')

local generation = {
  number = 3,
  name = 'v3',
  module = 'llsocket.v3',
  errors = 'string',
  summary = 'objects, with messages and descriptor passing; errors are strings',
  changes = shapes.with(strings.changes, {
    ['socket:sendmsg'] = {
      errors = { 'EMSGSIZE', 'EINVAL' },
      note = 'EMSGSIZE is `-1, err, true`. The iovec keeps its bytes: after a short count, `iovec:consume` what was '
        .. 'sent and call again. Control messages go with the first byte, so a short send takes them out of the '
        .. 'cmsghdrs. ' .. strings.peer_gone,
    },
    ['socket:sendfd'] = {
      errors = { 'EBADF', 'EOPNOTSUPP', 'ETOOMANYREFS' },
      note = 'EMSGSIZE is `0, nil, true`. ' .. strings.peer_gone,
    },
    ['socket:recvfd'] = {
      note = 'Ordinary data is never consumed: ENOMSG when it comes first, and on a datagram or raw socket `again` is '
        .. '`true` beside it. EMSGSIZE when the message carries more than one descriptor and one byte; `recvmsg` takes '
        .. 'it. At the end of a stream all results are nil.',
    },
    ['msghdr:iov'] = {
      note = 'Without an argument it only reads. Without buffers a message has no bytes. An iovec may be of any '
        .. 'generation.',
    },
    ['iovec:set'] = {
      results = {
        { name = 'ok', type = 'boolean', says = '`false` if there is no such element' },
        derive.errors.string,
      },
    },
  }),
}

generation.classes = {
  derive.root(generation, {
    'inet', 'unix', 'socket', 'iovec', 'msghdr', 'cmsghdr', 'cmsghdrs', 'device', 'env',
  }),
  {
    name = 'inet',
    module = 'llsocket.v3.inet',
    summary = 'IPv4 and IPv6 addresses',
    functions = { strings.look_up('getaddrinfo', 'Looks up the addresses of a host and a service, of both families.') },
  },
  {
    name = 'unix',
    module = 'llsocket.v3.unix',
    summary = 'unix addresses',
    functions = {
      strings.unix_address({ name = 'ai', type = 'addrinfo', optional = true, says = 'the address' }),
    },
  },
  derive.class('socket', generation),
  shapes.with(derive.class('addrinfo', generation), { module = false }),
  derive.class('iovec', generation),
  derive.class('msghdr', generation),
  derive.class('cmsghdr', generation),
  derive.class('cmsghdrs', generation),
  derive.class('device', generation),
  derive.class('env', generation),
}

return generation
