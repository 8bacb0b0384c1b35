-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.msghdr

---@type llsocket.msghdr_module
local module = {}

return module
