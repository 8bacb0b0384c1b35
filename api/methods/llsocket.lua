-- SPDX-License-Identifier: MIT
-- The module itself; the fields are described in api/methods.lua.

local fields = {}
for _, name in ipairs({
  'socket', 'addrinfo', 'iovec', 'msghdr', 'cmsghdr', 'cmsghdrs', 'device', 'env', 'errno',
}) do
  fields[#fields + 1] = { name = name, type = 'module', says = ('the module `llsocket.%s`'):format(name) }
end

return {
  name = 'llsocket',
  module = 'llsocket',
  summary = 'the module: its classes and every constant',
  fields = fields,
}
