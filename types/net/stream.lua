-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.stream

---@type net.stream_module
local module = {}

return module
