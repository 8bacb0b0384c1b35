-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v2.socket

---@type llsocket.v2.socket_module
local module = {}

return module
