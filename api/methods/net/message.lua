-- SPDX-License-Identifier: MIT
-- Class net.MsgHdr; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local err = shapes.err
local index = { name = 'idx', type = 'integer', says = 'the number of a part, from 1' }
local new_index = { name = 'idx', type = 'integer', optional = true, says = 'the number of the new part' }
local count = { name = 'bytes', type = 'integer', min = 0, max = shapes.int_max }
local full = 'EINVAL: the part would be empty. ENOBUFS: there are IOV_MAX parts.'

local function part(says)
  return { name = 'str', type = 'string', optional = true, says = says .. '; nil if there is no such part' }
end

return {
  name = 'net.MsgHdr',
  called = 'net.msghdr',
  title = 'net.MsgHdr',
  object = 'msg',
  summary = 'a message of sendmsg and recvmsg: parts, address, control messages',
  functions = {
    {
      name = 'new',
      says = 'Makes an empty message.',
      params = {},
      results = {
        { name = 'msg', type = 'net.MsgHdr', says = 'the message' },
        shapes.with(err, { says = 'always nil' }),
      },
      note = '`net.MsgHdr.new` is the same.',
    },
  },
  methods = {
    {
      name = 'name',
      says = 'Reads or sets the address: the receiver for `sendmsg`, the sender after `recvmsg`.',
      params = { { name = 'ai', type = 'addrinfo', optional = true, says = 'the new one; nil removes it' } },
      results = { { name = 'ai', type = 'addrinfo', optional = true, says = 'the one before the call' } },
      note = 'Without an argument it only reads.',
    },
    {
      name = 'control',
      says = 'Gives the control messages. For sending, `push` what shall go along; `recvmsg` replaces them.',
      params = {},
      results = { { name = 'cmsgs', type = 'cmsghdrs', says = 'the control messages of this message' } },
      source = 'cmsg(3)',
    },
    {
      name = 'flags',
      says = 'Tells what the kernel said of the last message received.',
      params = {},
      results = { { name = 'flags', type = 'integer', says = 'MSG_TRUNC, MSG_CTRUNC, MSG_EOR and so on, OR-ed' } },
      source = 'recvmsg(2)',
    },
    {
      name = 'bytes',
      says = 'Tells the size of all parts together.',
      params = {},
      results = { { name = 'bytes', type = 'integer', says = 'how many bytes' } },
      note = 'After `recvmsg` still the room that there is: `len` tells what came.',
    },
    {
      name = 'consume',
      says = 'Removes bytes from the front; parts that are used up go.',
      params = { shapes.with(count, { says = 'how many bytes' }) },
      results = { { name = 'bytes', type = 'integer', says = 'how many bytes are left' } },
    },
    {
      name = 'concat',
      says = 'Joins the bytes of all parts, or some of them.',
      params = {
        shapes.with(count, { name = 'offset', optional = true, default = '0', says = 'how many bytes to skip' }),
        shapes.with(count, { name = 'n', optional = true, says = 'how many bytes; all if missing' }),
      },
      results = { { name = 'str', type = 'string', says = 'the bytes' } },
    },
    {
      name = 'add',
      says = 'Adds a string as a part.',
      params = { { name = 'str', type = 'string', says = 'the bytes' } },
      results = { new_index, err },
      errors = { 'EINVAL', 'ENOBUFS' },
      note = full,
    },
    {
      name = 'addn',
      says = 'Adds room for so many bytes as a part, filled with NULs.',
      params = { shapes.with(count, { says = 'how many bytes' }) },
      results = { new_index, err },
      errors = { 'EINVAL', 'ENOBUFS' },
      note = full,
    },
    {
      name = 'get',
      says = 'Tells the bytes of a part.',
      params = { index },
      results = { part('the bytes') },
    },
    {
      name = 'del',
      says = 'Removes a part; the last one takes its place.',
      params = { index },
      results = {
        part('the bytes removed'),
        {
          name = 'midx',
          type = 'integer',
          optional = true,
          says = 'the number that the part now in its place had; nil if the last one was removed',
        },
      },
    },
  },
  operators = { { sign = 'tostring(msg)', says = '`net.MsgHdr: 42 bytes`' } },
}
