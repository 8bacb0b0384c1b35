-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.cmsghdr

---@type llsocket.v3.cmsghdr_module
local module = {}

return module
