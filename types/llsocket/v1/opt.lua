-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v1.opt

---@type llsocket.v1.opt_module
local module = {}

return module
