-- SPDX-License-Identifier: MIT
-- The interfaces are listed.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')

return function()
  check(check(llsocket.device.getifaddrs()).lo.flags.loopback)
end
