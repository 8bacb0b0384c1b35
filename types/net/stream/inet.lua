-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.stream.inet

---@type net.stream.inet_module
local module = {}

return module
