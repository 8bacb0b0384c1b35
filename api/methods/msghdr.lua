-- SPDX-License-Identifier: MIT
-- Class msghdr; the fields are described in api/methods.lua.

local function part(name, arg, type, says, without)
  return {
    name = name,
    says = says,
    params = { { name = arg, type = type, optional = true, says = 'the new one; nil removes it' } },
    results = { { name = arg, type = type, optional = true, says = 'the one before the call' } },
    note = 'Without an argument it only reads. ' .. without,
  }
end

return {
  name = 'msghdr',
  since = 3,
  module = 'llsocket.msghdr',
  object = 'mh',
  summary = 'a message of sendmsg and recvmsg: address, buffers, control messages, flags',
  operators = {
    { sign = 'tostring(mh)', says = '`llsocket.msghdr: 42 bytes`' },
  },
  functions = {
    {
      name = 'new',
      says = 'Makes an empty message.',
      params = {},
      results = { { name = 'mh', type = 'msghdr', says = 'the message' } },
    },
  },
  methods = {
    part('name', 'ai', 'addrinfo', 'Reads or sets the address: the receiver of `sendmsg`, the sender after `recvmsg`.',
      '`recvmsg` replaces it.'),
    part('iov', 'iov', 'iovec', 'Reads or sets the buffers.', 'Without buffers a message has no bytes.'),
    part('control', 'cmsgs', 'cmsghdrs', 'Reads or sets the control messages.',
      'Without a cmsghdrs `recvmsg` drops control messages and says so in the flags.'),
    {
      name = 'flags',
      says = 'Tells what the kernel said of the last message received.',
      params = {},
      results = { { name = 'flags', type = 'integer', says = 'MSG_TRUNC, MSG_CTRUNC, MSG_EOR and so on, OR-ed' } },
      source = 'recvmsg(2)',
    },
    {
      name = 'bytes',
      says = 'Tells the size of the buffers.',
      params = {},
      results = { { name = 'n', type = 'integer', says = 'the number of bytes; 0 without buffers' } },
    },
  },
}
