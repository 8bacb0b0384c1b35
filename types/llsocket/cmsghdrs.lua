-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.cmsghdrs

---@type llsocket.cmsghdrs_module
local module = {}

return module
