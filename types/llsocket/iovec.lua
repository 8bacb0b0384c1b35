-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.iovec

---@type llsocket.iovec_module
local module = {}

return module
