-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.socket

---@type llsocket.socket_module
local module = {}

return module
