-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v2.inet

---@type llsocket.v2.inet_module
local module = {}

return module
