-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v1.unix

---@type llsocket.v1.unix_module
local module = {}

return module
