-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v2.env

---@type llsocket.v2.env_module
local module = {}

return module
