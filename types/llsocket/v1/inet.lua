-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v1.inet

---@type llsocket.v1.inet_module
local module = {}

return module
