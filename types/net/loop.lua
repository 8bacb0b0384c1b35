-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.loop

---@type net.loop_module
local module = {}

return module
