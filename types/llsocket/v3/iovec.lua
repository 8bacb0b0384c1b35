-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.iovec

---@type llsocket.v3.iovec_module
local module = {}

return module
