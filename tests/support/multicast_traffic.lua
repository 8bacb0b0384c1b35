-- SPDX-License-Identifier: MIT
-- Runs every case with the network of multicast_network.sh and writes a line for each: version, number, "ok" or what
-- went wrong. To be started in the root of the tree.

package.path = './tests/support/?.lua;' .. package.path
local cases = require('multicast_cases')

for version, scene in pairs(cases.wired) do
  for number, case in ipairs(cases) do
    local ok, message = pcall(case.run, scene)
    print(version, number, ok and 'ok' or (tostring(message):gsub('\n', ' ')))
  end
end
