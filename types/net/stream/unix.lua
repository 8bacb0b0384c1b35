-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.stream.unix

---@type net.stream.unix_module
local module = {}

return module
