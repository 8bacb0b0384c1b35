-- SPDX-License-Identifier: MIT
-- Class error; the fields are described in api/methods.lua.

return {
  name = 'error',
  object = 'err',
  summary = 'why a call failed',
  operators = {
    {
      sign = 'tostring(err)',
      says = "`in method 'connect': [ECONNREFUSED:111][connect] Connection refused`",
    },
    { sign = 'err .. str', says = 'its text joined with a string, from either side', stub = 'concat(string): string' },
  },
  attributes = {
    { name = 'type', type = 'errno', says = 'which error: `err.type == errno.ECONNREFUSED`' },
    { name = 'code', type = 'integer', says = 'its number' },
    { name = 'name', type = 'string', says = 'its name: `ECONNREFUSED`, `EAI_NONAME`' },
    { name = 'op', type = 'string', says = 'the system call that failed: `connect`' },
    { name = 'method', type = 'string', says = 'the method that was called' },
    { name = 'message', type = 'string', says = "the system's text" },
  },
}
