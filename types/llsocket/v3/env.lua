-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.env

---@type llsocket.v3.env_module
local module = {}

return module
