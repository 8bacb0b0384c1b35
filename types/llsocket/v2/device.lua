-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v2.device

---@type llsocket.v2.device_module
local module = {}

return module
