-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.inet

---@type llsocket.v3.inet_module
local module = {}

return module
