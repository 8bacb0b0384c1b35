-- SPDX-License-Identifier: MIT
-- Module env; the fields are described in api/methods.lua.

return {
  name = 'env',
  since = 2,
  module = 'llsocket.env',
  summary = 'what the platform is and allows',
  fields = {
    { name = 'os', type = 'string', says = 'the name of the system, such as `Linux` (uname(2))' },
    { name = 'unixpath_max', type = 'integer', says = 'bytes that the path of a unix address can have (unix(7))' },
    { name = 'somaxconn', type = 'integer', says = 'the default backlog of `listen`: SOMAXCONN' },
  },
}
