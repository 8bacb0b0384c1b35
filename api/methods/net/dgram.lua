-- SPDX-License-Identifier: MIT
-- Module net.dgram, and class net.dgram.Socket; the fields are described in api/methods.lua.

local options = require('api.methods.net.options')
local shapes = require('api.methods.net.shapes')

local err, timeout = shapes.err, shapes.timeout

local group = { name = 'mcaddr', type = 'string', says = 'the address of the group' }
local source = { name = 'srcaddr', type = 'string', says = 'the address of the sender' }
local ifname = {
  name = 'ifname',
  type = 'string',
  optional = true,
  says = 'the network interface; without it the system chooses by its routes',
}

local function membership(name, says, constants, ...)
  local params = { ... }
  params[#params + 1] = ifname
  return {
    name = name,
    says = says,
    params = params,
    results = { shapes.failure },
    errors = { 'ENODEV', 'EADDRNOTAVAIL', 'EADDRINUSE', 'EINVAL', 'ENOBUFS', 'EAI_NONAME' },
    note = 'Addresses are in figures, of the family of the socket (else EAI_NONAME or EAI_ADDRFAMILY). ENODEV: there '
      .. 'is no such interface.',
    source = constants .. '; RFC 3678',
  }
end

local transfers = shapes.with_turns({
  {
    name = 'recvfrom',
    says = 'Receives one message and the address of its sender.',
    params = { shapes.bufsize },
    results = {
      shapes.received,
      { name = 'ai', type = 'addrinfo', optional = true, says = 'the sender; nil where there is no address' },
      err,
      timeout,
    },
    errors = { 'ECONNREFUSED', 'EBUSY', 'ECANCELED' },
    note = 'What does not fit is lost. A message without bytes is an empty string. All results are nil when the peer '
      .. 'closed, which only connections can tell.',
    source = 'recvfrom(2)',
  },
  {
    name = 'sendto',
    says = 'Sends one message to an address.',
    params = {
      { name = 'str', type = 'string', says = 'the bytes; an empty string is a message, too' },
      { name = 'ai', type = 'addrinfo', says = 'the address' },
    },
    results = { shapes.sent('bytes sent: all, or 0 if the time was over'), err, timeout },
    errors = { 'EMSGSIZE', 'EISCONN', 'EACCES', 'ENETUNREACH', 'EBUSY', 'ECANCELED' },
    note = 'When the peer is gone (EPIPE, ECONNRESET) all results are nil.',
    source = 'sendto(2)',
  },
})

local Socket = {
  name = 'net.dgram.Socket',
  called = 'net.dgram.Socket',
  title = 'net.dgram.Socket',
  object = 'sock',
  parents = { 'net.Socket' },
  summary = 'a datagram socket: messages with addresses, multicast, the options of UDP',
  options_give = options.give,
  methods = {},
}

for _, list in ipairs({
  transfers,
  {
    membership('mcastjoin', 'Receives what a multicast group is sent.', 'IP_ADD_MEMBERSHIP, IPV6_JOIN_GROUP', group),
    membership('mcastleave', 'Leaves a multicast group.', 'IP_DROP_MEMBERSHIP, IPV6_LEAVE_GROUP', group),
    membership('mcastjoinsrc', 'Receives what one sender sends to a multicast group.',
      'IP_ADD_SOURCE_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP', group, source),
    membership('mcastleavesrc', 'No longer receives what one sender sends to a multicast group.',
      'IP_DROP_SOURCE_MEMBERSHIP, MCAST_LEAVE_SOURCE_GROUP', group, source),
    membership('mcastblocksrc', 'Ignores one sender of a multicast group that was joined.',
      'IP_BLOCK_SOURCE, MCAST_BLOCK_SOURCE', group, source),
    membership('mcastunblocksrc', 'Listens again to a sender that was blocked.',
      'IP_UNBLOCK_SOURCE, MCAST_UNBLOCK_SOURCE', group, source),
  },
  options.methods_of('dgram'),
}) do
  for _, method in ipairs(list) do
    table.insert(Socket.methods, method)
  end
end

return {
  name = 'dgram',
  module = 'net.dgram',
  summary = 'datagrams: net.dgram.Socket with multicast, and the modules of UDP and unix datagrams',
  fields = {
    { name = 'Socket', type = 'net.dgram.Socket', says = 'what all datagram sockets have' },
    { name = 'inet', type = 'net.dgram.inet', says = 'UDP' },
    { name = 'unix', type = 'net.dgram.unix', says = 'unix datagrams' },
  },
  functions = { shapes.lookups('datagram') },
  others = { Socket },
}
