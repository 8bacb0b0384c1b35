-- SPDX-License-Identifier: MIT
-- Sockets that read as if they blocked.

local llsocket = require('llsocket')
local Socket = require('net.socket')
local class = require('net.class')
local descriptor = require('net.descriptor')
local loop = require('net.loop')
local message = require('net.message')
local protected = require('net.protected')

local net = {
  Socket = Socket,
  CmsgHdr = llsocket.cmsghdr,
  MsgHdr = message,
  msghdr = { new = message.new },
  cmsghdr = llsocket.cmsghdr,
  cmsghdrs = llsocket.cmsghdrs,
  addrinfo = llsocket.addrinfo,
  class = class.define,
  close = descriptor.close,
  dgram = require('net.dgram'),
  loop = loop,
  pcall = protected.pcall,
  shutdown = descriptor.shutdown,
  stream = require('net.stream'),
  tls = require('net.tls'),
  unix = require('net.unix'),
  xpcall = protected.xpcall,
}

for name, value in pairs(llsocket) do
  if type(value) == 'number' then
    net[name] = value
  end
end

return net
