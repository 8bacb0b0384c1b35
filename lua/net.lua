-- SPDX-License-Identifier: MIT
-- Sockets that read as if they blocked.

local protected = require('net.protected')

return {
  loop = require('net.loop'),
  pcall = protected.pcall,
  xpcall = protected.xpcall,
}
