-- SPDX-License-Identifier: MIT
-- Class cmsghdr; the fields are described in api/methods.lua.

local cmsg = { name = 'cmsg', type = 'cmsghdr', says = 'the control message' }

return {
  name = 'cmsghdr',
  since = 3,
  module = 'llsocket.cmsghdr',
  object = 'cmsg',
  summary = 'one control message: descriptors, credentials, timestamps',
  operators = {
    { sign = 'tostring(cmsg)', says = '`llsocket.cmsghdr: level 1 type 1, 4 bytes`' },
  },
  functions = {
    {
      name = 'new',
      says = 'Makes a control message.',
      params = {
        { name = 'level', type = 'integer', says = 'SOL_SOCKET or an IPPROTO_* constant' },
        { name = 'type', type = 'integer', says = 'an SCM_* constant, or another type of the level' },
        { name = 'data', type = 'string', says = 'the bytes of the native structure' },
      },
      results = { cmsg },
      note = 'For SCM_RIGHTS the data must be a whole number of ints; `rights` is simpler.',
      source = 'cmsg(3)',
    },
    {
      name = 'rights',
      says = 'Makes a control message that passes descriptors. They stay open and belong to the program.',
      params = { { name = 'fd', type = 'fds', min = 0, max = 2147483647, says = '1 to 253 descriptors' } },
      results = { cmsg },
      source = 'unix(7), SCM_RIGHTS',
    },
  },
  methods = {
    {
      name = 'level',
      says = 'Tells the level.',
      params = {},
      results = { { name = 'level', type = 'integer', says = 'SOL_SOCKET or an IPPROTO_* constant' } },
    },
    {
      name = 'type',
      says = 'Tells the type.',
      params = {},
      results = { { name = 'type', type = 'integer', says = 'an SCM_* constant, or another type of the level' } },
    },
    {
      name = 'data',
      says = 'Tells the data.',
      params = {},
      results = {
        {
          name = '...',
          type = 'any',
          says = 'the bytes as a string; for SCM_RIGHTS the descriptors, one result each',
        },
      },
      note = 'Received descriptors belong to the object and are closed with it until `data` hands them out; then the '
        .. 'program must close them.',
    },
  },
}
