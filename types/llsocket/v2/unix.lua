-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v2.unix

---@type llsocket.v2.unix_module
local module = {}

return module
