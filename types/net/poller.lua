-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net.poller

---@type net.poller_module
local module = {}

return module
