-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.msghdr

---@type llsocket.v3.msghdr_module
local module = {}

return module
