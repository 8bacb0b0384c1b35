-- SPDX-License-Identifier: MIT
-- net.dgram.Socket: what all datagram sockets have in common.

local llsocket = require('llsocket')
local Socket = require('net.socket')
local class = require('net.class')
local errors = require('net.errors')
local option_names = require('net.option_names')
local options = require('net.options')

local addrinfo, text = llsocket.addrinfo, errors.text

local Dgram = class.define('net.dgram.Socket', Socket)

options.add(Dgram, option_names.dgram)
Dgram:add_receiving({ 'recvfrom' })
Dgram:add_sending({ 'sendto' })

-- The address that a text means, of the socket's family.
local function address(self, value, index, name)
  errors.check_type(value, 'string', index, name)
  local make = self:family() == llsocket.AF_INET6 and addrinfo.inet6 or addrinfo.inet
  local ok, ai, err = pcall(make, value, 0, llsocket.SOCK_DGRAM, 0, llsocket.AI_NUMERICHOST)
  if not ok then
    errors.hand_on(name, 1 - index, ai)
  end
  return ai, text(err)
end

for _, name in ipairs({ 'mcastjoin', 'mcastleave' }) do
  Dgram[name] = function(self, mcaddr, ifname)
    errors.check_optional(ifname, 'string', 2, name)
    local group, failure = address(self, mcaddr, 1, name)
    if not group then
      return failure
    end
    local _, err = self.sock[name](self.sock, group, ifname)
    return text(err)
  end
end

for _, name in ipairs({ 'mcastjoinsrc', 'mcastleavesrc', 'mcastblocksrc', 'mcastunblocksrc' }) do
  Dgram[name] = function(self, mcaddr, srcaddr, ifname)
    errors.check_optional(ifname, 'string', 3, name)
    local group, failure = address(self, mcaddr, 1, name)
    if not group then
      return failure
    end
    local source, refusal = address(self, srcaddr, 2, name)
    if not source then
      return refusal
    end
    local _, err = self.sock[name](self.sock, group, source, ifname)
    return text(err)
  end
end

return Dgram
