-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v3.cmsghdrs

---@type llsocket.v3.cmsghdrs_module
local module = {}

return module
