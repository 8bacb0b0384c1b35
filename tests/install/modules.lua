-- SPDX-License-Identifier: MIT
-- The modules of all generations are where Lua looks.

for _, name in ipairs({ 'llsocket', 'llsocket.v3', 'llsocket.v2', 'llsocket.v1' }) do
  local module = require(name)
  print(_VERSION, name, module)
  local sub = module.socket and 'socket' or 'opt'
  assert(require(name .. '.' .. sub) == module[sub])
end
