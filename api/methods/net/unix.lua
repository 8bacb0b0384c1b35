-- SPDX-License-Identifier: MIT
-- Module net.unix, and class net.unix.Socket; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local err, timeout = shapes.err, shapes.timeout

return {
  name = 'unix',
  module = 'net.unix',
  summary = 'what unix sockets have beside others: passing descriptors',
  fields = { { name = 'Socket', type = 'net.unix.Socket', says = 'what all unix sockets have' } },
  functions = {},
  others = {
    {
      name = 'net.unix.Socket',
      called = 'net.unix.Socket',
      title = 'net.unix.Socket',
      object = 'sock',
      parents = { 'net.Socket' },
      summary = 'passes descriptors between processes',
      methods = shapes.with_turns({
        {
          name = 'sendfd',
          says = 'Passes a descriptor to the peer, with one byte beside it that `recvfd` removes.',
          params = {
            {
              name = 'fd',
              type = 'fd',
              min = 0,
              max = shapes.int_max,
              says = 'the descriptor; the receiver gets its own, this one stays open',
            },
            {
              name = 'ai',
              type = 'addrinfo',
              optional = true,
              says = 'the receiver, for a datagram socket without a peer',
            },
          },
          results = { shapes.sent('always 0'), err, timeout },
          errors = { 'EBADF', 'ETOOMANYREFS', 'ENOTCONN', 'EBUSY', 'ECANCELED' },
          note = shapes.peer_gone .. ' When the time is over it gives `0, nil, true`, and nothing went.',
          source = 'sendmsg(2), unix(7), SCM_RIGHTS',
        },
        {
          name = 'recvfd',
          says = 'Receives a descriptor that `sendfd` passed. It is close-on-exec, and the program must close it.',
          params = {},
          results = {
            { name = 'fd', type = 'fd', optional = true, says = 'the descriptor' }, err, timeout,
          },
          errors = { 'ENOMSG', 'EMSGSIZE', 'EMFILE', 'EBUSY', 'ECANCELED' },
          note = shapes.end_of_stream .. ' ENOMSG: bytes without a descriptor are next, which `recv` takes. EMSGSIZE: '
            .. 'the message has several descriptors or other bytes; `recvmsg` takes it.',
          source = 'recvmsg(2), unix(7), SCM_RIGHTS',
        },
      }),
    },
  },
}
