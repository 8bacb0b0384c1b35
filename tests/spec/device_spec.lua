-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')

local device = llsocket.device

-- The first line of a file of the kernel.
local function line_of(path)
  local file = io.open(path)
  local line = file and file:read('*l')
  if file then
    file:close()
  end
  return line
end

local function interface_names()
  local names = {}
  for line in io.lines('/proc/net/dev') do
    names[#names + 1] = line:match('^%s*([^%s|:]+):')
  end
  return names
end

local flag_names = {
  'up', 'broadcast', 'debug', 'loopback', 'pointopoint', 'running', 'noarp', 'promisc', 'allmulti', 'multicast',
}

-- IFF_* of Linux, netdevice(7).
local flag_bits = { up = 1, broadcast = 2, loopback = 8, pointopoint = 16, noarp = 128, multicast = 4096 }

describe('device.getifaddrs', function()
  local devices = expect(device.getifaddrs()):to_be_one()

  it('has every interface by its name', function()
    local count = 0
    for _, name in ipairs(interface_names()) do
      assert.is_table(devices[name], name)
      count = count + 1
    end
    for name in pairs(devices) do
      count = count - 1
      assert.is_string(name)
    end
    assert.equal(0, count)
  end)

  it('tells index, MTU and hardware address as the kernel does', function()
    for _, name in ipairs(interface_names()) do
      local entry, directory = devices[name], '/sys/class/net/' .. name .. '/'
      if not line_of(directory .. 'ifindex') then
        pending('/sys has no network interfaces')
      end
      assert.equal(tonumber(line_of(directory .. 'ifindex')), entry.index, name)
      assert.equal(tonumber(line_of(directory .. 'mtu')), entry.mtu, name)
      local address = line_of(directory .. 'address')
      assert.equal(address ~= '' and address or nil, entry.hwaddr, name)
    end
  end)

  it('tells all flags as booleans', function()
    for name, entry in pairs(devices) do
      for _, flag in ipairs(flag_names) do
        assert.is_boolean(entry.flags[flag], name .. ' ' .. flag)
      end
      local bits = tonumber((line_of('/sys/class/net/' .. name .. '/flags') or ''):match('^0x(%x+)') or '', 16)
      for flag, bit in pairs(bits and flag_bits or {}) do
        assert.equal(math.floor(bits / bit) % 2 == 1, entry.flags[flag], name .. ' ' .. flag)
      end
    end
  end)

  it('has the loopback interface with its address and netmask', function()
    local found
    for _, entry in pairs(devices) do
      for _, address in ipairs(entry.flags.loopback and entry.addrs or {}) do
        if address.addr == '127.0.0.1' then
          found = address
        end
      end
    end
    assert.same({ family = llsocket.AF_INET, addr = '127.0.0.1', netmask = '255.0.0.0' }, found)
  end)

  it('tells the scope of IPv6 addresses', function()
    local seen
    for _, entry in pairs(devices) do
      for _, address in ipairs(entry.addrs) do
        if address.family == llsocket.AF_INET6 then
          seen = true
          assert.equal(address.addr:match('^fe80:') and entry.index or 0, address.scope)
          assert.is_string(address.netmask)
        end
      end
    end
    if not seen then
      pending('this machine has no IPv6 address')
    end
  end)

  it('tells a broadcast or a destination, never both', function()
    for name, entry in pairs(devices) do
      for _, address in ipairs(entry.addrs) do
        assert.is_nil(address.broadcast and address.destination, name)
        assert.is_true(not address.destination or entry.flags.pointopoint, name)
        assert.is_true(not address.broadcast or entry.flags.broadcast, name)
      end
    end
  end)

  it('gives fresh tables', function()
    assert.are_not.equal(device.getifaddrs(), device.getifaddrs())
  end)
end)
