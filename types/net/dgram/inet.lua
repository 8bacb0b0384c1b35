-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.dgram.inet

---@type net.dgram.inet_module
local module = {}

return module
