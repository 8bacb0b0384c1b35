-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.errno

---@type llsocket.errno_module
local module = {}

return module
