-- SPDX-License-Identifier: MIT
-- Class iovec; the fields are described in api/methods.lua.

local shapes = require('api.methods.shapes')

local with, count = shapes.with, shapes.count

local index = { name = 'index', type = 'integer', optional = true, says = 'the number of the new element' }
local position = {
  name = 'idx',
  type = 'integer',
  min = 1,
  max = shapes.int_max,
  says = 'the number of an element, from 1',
}
local fd = { name = 'fd', type = 'fd', min = 0, max = shapes.int_max, says = 'a descriptor of any kind' }
local offset = {
  name = 'offset',
  type = 'integer',
  optional = true,
  default = '0',
  min = 0,
  max = shapes.int_max,
  says = 'how many bytes of the iovec to skip',
}
local nbytes = {
  name = 'n',
  type = 'integer',
  optional = true,
  min = 0,
  max = shapes.int_max,
  says = 'how many bytes; all if missing',
}

return {
  name = 'iovec',
  since = 3,
  module = 'llsocket.iovec',
  object = 'iov',
  summary = 'a list of buffers, to send or fill with one call',
  fields = {
    { name = 'IOV_MAX', type = 'integer', says = 'the most elements that an iovec can have' },
  },
  operators = {
    { sign = '#iov', says = 'the number of elements', stub = 'len: integer' },
    { sign = 'tostring(iov)', says = '`llsocket.iovec: 3 elements, 42 bytes`' },
  },
  functions = {
    {
      name = 'new',
      says = 'Makes an empty iovec.',
      params = {},
      results = { { name = 'iov', type = 'iovec', says = 'the iovec' } },
    },
  },
  methods = {
    {
      name = 'add',
      says = 'Adds a string at the end.',
      params = { { name = 'str', type = 'string', says = 'the bytes' } },
      results = { index, shapes.err },
      errors = { 'EINVAL', 'ENOBUFS' },
      note = 'EINVAL for an empty string; ENOBUFS when there are IOV_MAX elements.',
    },
    {
      name = 'addn',
      says = 'Adds room for bytes at the end, filled with NULs.',
      params = { { name = 'n', type = 'integer', min = 0, max = shapes.int_max, says = 'how many bytes' } },
      results = { index, shapes.err },
      errors = { 'EINVAL', 'ENOBUFS' },
      note = 'EINVAL for 0 bytes; ENOBUFS when there are IOV_MAX elements.',
    },
    {
      name = 'set',
      says = 'Replaces an element; its length may change.',
      params = { { name = 'str', type = 'string', says = 'the new bytes' }, position },
      results = {
        { name = 'ok', type = 'boolean', says = '`false` if there is no such element' },
        shapes.err,
      },
      errors = { 'EINVAL' },
      note = 'EINVAL for an empty string.',
    },
    {
      name = 'get',
      says = 'Tells the bytes of an element.',
      params = { position },
      results = {
        { name = 'str', type = 'string', optional = true, says = 'the bytes; nil if there is no such element' },
      },
    },
    {
      name = 'del',
      says = 'Removes an element; the last one takes its place.',
      params = { position },
      results = {
        { name = 'str', type = 'string', optional = true, says = 'the bytes removed; nil if there is no such element' },
        {
          name = 'moved',
          type = 'integer',
          optional = true,
          says = 'the number that the element now in its place had; nil if the last one was removed',
        },
      },
    },
    {
      name = 'bytes',
      says = 'Tells the size of all elements together.',
      params = {},
      results = { { name = 'n', type = 'integer', says = 'the number of bytes' } },
    },
    {
      name = 'consume',
      says = 'Removes bytes from the front; elements that are used up go.',
      params = { with(nbytes, { optional = false, says = 'how many bytes' }) },
      results = { { name = 'left', type = 'integer', says = 'the bytes that are left' } },
    },
    {
      name = 'concat',
      says = 'Joins the bytes of all elements, or a part of them.',
      params = { offset, nbytes },
      results = { { name = 'str', type = 'string', says = 'the bytes' } },
    },
    {
      name = 'writev',
      says = 'Writes the bytes to a descriptor. The iovec keeps them.',
      params = { fd, offset, nbytes },
      results = { count('bytes written; 0 if none'), shapes.err, shapes.again_short },
      errors = { 'EPIPE', 'EBADF' },
      note = 'No call raises SIGPIPE.',
      source = 'writev(2)',
    },
    {
      name = 'readv',
      says = 'Reads from a descriptor into the elements.',
      params = { fd, offset, nbytes },
      results = { count('bytes read'), shapes.err, shapes.again_short },
      errors = { 'EBADF' },
      note = 'At the end of the file or stream all results are nil. An empty datagram is `0, nil, false`.',
      source = 'readv(2)',
    },
  },
}
