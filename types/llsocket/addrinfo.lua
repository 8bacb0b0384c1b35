-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.addrinfo

---@type llsocket.addrinfo_module
local module = {}

return module
