-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.dgram.unix

---@type net.dgram.unix_module
local module = {}

return module
