-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.device

---@type llsocket.v3.device_module
local module = {}

return module
