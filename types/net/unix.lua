-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.unix

---@type net.unix_module
local module = {}

return module
