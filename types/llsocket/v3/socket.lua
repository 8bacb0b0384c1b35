-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.socket

---@type llsocket.v3.socket_module
local module = {}

return module
