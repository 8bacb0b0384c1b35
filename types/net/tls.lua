-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.tls

---@type net.tls_module
local module = {}

return module
