-- Lists the network interfaces of this machine with their addresses.
-- Run: ./dev lua 5.4 examples/interfaces.lua
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')

local devices, err = llsocket.device.getifaddrs()
if not devices then
  io.stderr:write('interfaces: ', tostring(err), '\n')
  os.exit(1)
end

local names = {}
for name in pairs(devices) do
  names[#names + 1] = name
end
table.sort(names, function(a, b)
  return devices[a].index < devices[b].index
end)

local function words_of(flags)
  local words = {}
  for word, is_set in pairs(flags) do
    words[#words + 1] = is_set and word or nil
  end
  table.sort(words)
  return table.concat(words, ' ')
end

for _, name in ipairs(names) do
  local device = devices[name]
  print(('%d: %s  mtu %d  %s'):format(device.index, name, device.mtu, words_of(device.flags)))
  if device.hwaddr then
    print('    hardware ' .. device.hwaddr)
  end
  for _, address in ipairs(device.addrs) do
    local family = address.family == llsocket.AF_INET6 and 'inet6' or 'inet'
    print(('    %s %s mask %s'):format(family, address.addr, address.netmask or 'none'))
  end
end
