-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.device

---@type llsocket.device_module
local module = {}

return module
