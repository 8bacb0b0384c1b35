-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.env

---@type llsocket.env_module
local module = {}

return module
