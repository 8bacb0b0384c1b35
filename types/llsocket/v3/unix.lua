-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.unix

---@type llsocket.v3.unix_module
local module = {}

return module
