-- SPDX-License-Identifier: MIT
-- Tables of the addrinfo's methods and of devices, for generations 2 to 4.

local llsocket = require('llsocket')
local replay = require('replay')

local args, results = replay.pack, replay.pack
local SOCK_STREAM = llsocket.SOCK_STREAM

local addresses = {}

function addresses.tables(style)
  local function inet(scene)
    return scene.address(80, SOCK_STREAM)
  end
  local function unix(scene)
    return scene.unix_address('/some/path', SOCK_STREAM)
  end
  local function names(host, service)
    return results(replay.matcher(('names %s and %s'):format(host, service), function(found)
      return found.host == host and found.serv == service and found.service == service
    end))
  end
  local name_entry = style.generation == 2 and 'addrinfo:nameinfo' or 'addrinfo:getnameinfo'
  return {
    ['addrinfo:family'] = {
      { 'success', on = inet, gives = results(llsocket.AF_INET) },
      { 'success', 'unix', on = unix, gives = results(llsocket.AF_UNIX) },
    },
    ['addrinfo:socktype'] = { { 'success', on = inet, gives = results(SOCK_STREAM) } },
    ['addrinfo:protocol'] = { { 'success', on = inet, gives = results(llsocket.IPPROTO_TCP) } },
    ['addrinfo:canonname'] = { { 'success', on = inet, gives = results(nil) } },
    ['addrinfo:port'] = {
      { 'success', on = inet, gives = results(80) },
      { 'success', 'unix', on = unix, gives = results(nil) },
    },
    ['addrinfo:addr'] = {
      { 'success', on = inet, gives = results('127.0.0.1') },
      { 'success', 'unix', on = unix, gives = results('/some/path') },
    },
    [name_entry] = {
      { 'success', on = inet, with = args(llsocket.NI_NUMERICHOST, llsocket.NI_NUMERICSERV),
        gives = names('127.0.0.1', '80') },
      { 'failure', 'no such flag', on = inet, with = args(1073741824),
        gives = style.failure('EAI_BADFLAGS', 'getnameinfo') },
    },
    ['device.getifaddrs'] = {
      { 'success', gives = results(replay.matcher('the loopback device', function(devices)
        return devices.lo.flags.loopback == true and devices.lo.index > 0 and devices.lo.addrs[1] ~= nil
      end)) },
    },
  }
end

return addresses
