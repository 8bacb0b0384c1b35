-- SPDX-License-Identifier: MIT
-- Methods of class socket for multicast groups; the fields are described in api/methods.lua.

local shapes = require('api.methods.shapes')

local group = { name = 'mcaddr', type = 'addrinfo', says = 'the group; its port does not matter' }
local source = { name = 'srcaddr', type = 'addrinfo', says = 'the sender; its port does not matter' }
local ifname = {
  name = 'ifname',
  type = 'string',
  optional = true,
  max_length = 15,
  nul = false,
  says = 'the network interface; without it the system chooses by its routes',
}

local function membership(name, says, option, ...)
  local params = { ... }
  params[#params + 1] = ifname
  return {
    name = name,
    says = says,
    params = params,
    results = { shapes.ok, shapes.err },
    errors = { 'EAFNOSUPPORT', 'ENODEV', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EINVAL', 'ENOBUFS' },
    note = 'EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; '
      .. 'EADDRNOTAVAIL or EINVAL when the group or sender was not joined.',
    source = ('RFC 3678, ip(7) %s'):format(option),
  }
end

return {
  membership('mcastjoin', 'Receives what a multicast group is sent.', 'IP_ADD_MEMBERSHIP', group),
  membership('mcastleave', 'Leaves a multicast group.', 'IP_DROP_MEMBERSHIP', group),
  membership(
    'mcastjoinsrc',
    'Receives what one sender sends to a multicast group.',
    'IP_ADD_SOURCE_MEMBERSHIP',
    group,
    source
  ),
  membership(
    'mcastleavesrc',
    'No longer receives what one sender sends to a multicast group.',
    'IP_DROP_SOURCE_MEMBERSHIP',
    group,
    source
  ),
  membership('mcastblocksrc', 'Ignores one sender of a multicast group.', 'IP_BLOCK_SOURCE', group, source),
  membership(
    'mcastunblocksrc',
    'Listens again to a sender that was blocked.',
    'IP_UNBLOCK_SOURCE',
    group,
    source
  ),
}
