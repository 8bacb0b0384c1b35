-- SPDX-License-Identifier: MIT
-- What ./dev bench calls measures. `notes` says where a library cannot make the same system calls as the loop in C.

return {
  {
    name = 'pair64',
    title = 'send and receive 64 bytes, unix stream pair',
    count = 1000000,
    targets = { ['5.4'] = 1.40, jit = 1.50 },
    notes = {
      'llsocket.v1 has no socketpair: it uses the descriptors of a pair of llsocket.',
      'LuaSocket has no socketpair: it connects through a path.',
    },
  },
  {
    name = 'pair16k',
    title = 'send and receive 16 KiB, unix stream pair',
    count = 200000,
    notes = { 'LuaSocket receives 8 KiB at a time: two calls for a message.' },
  },
  {
    name = 'udp',
    title = 'UDP round trip of 64 bytes: send, recvfrom, sendto, recv',
    count = 200000,
  },
  {
    name = 'accept',
    title = 'unix stream: socket, connect, accept, close both',
    count = 200000,
    notes = {
      'llsocket asks for the mode of the listener, which the new socket takes over: one fcntl more.',
      'LuaSocket makes each socket non-blocking: four fcntl more.',
      'LuaSocket and luaposix leave their descriptors open to child processes.',
    },
  },
  {
    name = 'getsockname',
    title = 'getsockname of a UDP socket, and the port in it',
    count = 1000000,
    lacking = { luaposix = 'its getsockname does not work.' },
    notes = { 'LuaSocket always makes the text of the address as well.' },
  },
}
