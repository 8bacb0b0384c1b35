-- SPDX-License-Identifier: MIT
-- The modules of compat/ are not where Lua looks.

for _, name in ipairs({ 'iovec', 'errno', 'libtls' }) do
  assert(not pcall(require, name), name)
end
