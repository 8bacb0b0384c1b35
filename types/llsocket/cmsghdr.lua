-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.cmsghdr

---@type llsocket.cmsghdr_module
local module = {}

return module
