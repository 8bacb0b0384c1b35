-- SPDX-License-Identifier: MIT
-- Module errno; the fields are described in api/methods.lua.

return {
  name = 'errno',
  module = 'llsocket.errno',
  object = 'e',
  summary = 'error numbers by name and by number',
  operators = {
    { sign = 'errno.EAGAIN', says = 'the error of that name, EAI_* included; nil if the platform has none' },
    { sign = 'errno[11]', says = 'the error of that errno number: the same object' },
    { sign = 'tostring(e)', says = '`[EAGAIN:11] Resource temporarily unavailable`' },
  },
  attributes = {
    { name = 'name', type = 'string', says = 'its canonical name: `EAGAIN`, also for `errno.EWOULDBLOCK`' },
    { name = 'code', type = 'integer', says = 'its number' },
    { name = 'message', type = 'string', says = "the system's text" },
  },
  functions = {
    {
      name = 'parse',
      says = 'Turns the text of an error back into an error object.',
      params = {
        {
          name = 'str',
          type = 'string',
          says = "such as `[EPIPE:32][send] Broken pipe`, with or without `in method 'send': `",
        },
      },
      results = { { name = 'err', type = 'error', optional = true, says = 'the error; nil if the text is none' } },
    },
  },
}
