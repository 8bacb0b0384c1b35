-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.dgram

---@type net.dgram_module
local module = {}

return module
