-- SPDX-License-Identifier: MIT
-- Class cmsghdrs; the fields are described in api/methods.lua.

return {
  name = 'cmsghdrs',
  since = 3,
  module = 'llsocket.cmsghdrs',
  object = 'cmsgs',
  summary = 'a queue of control messages',
  operators = {
    { sign = '#cmsgs', says = 'the number of control messages', stub = 'len: integer' },
    { sign = 'tostring(cmsgs)', says = '`llsocket.cmsghdrs: 2 messages`' },
  },
  functions = {
    {
      name = 'new',
      says = 'Makes an empty queue.',
      params = {},
      results = { { name = 'cmsgs', type = 'cmsghdrs', says = 'the queue' } },
    },
  },
  methods = {
    {
      name = 'push',
      says = 'Adds a control message at the end.',
      params = { { name = 'cmsg', type = 'cmsghdr', says = 'the control message' } },
      results = {},
    },
    {
      name = 'shift',
      says = 'Removes the first control message.',
      params = {},
      results = {
        { name = 'cmsg', type = 'cmsghdr', optional = true, says = 'the control message; nil if there is none' },
      },
    },
  },
}
