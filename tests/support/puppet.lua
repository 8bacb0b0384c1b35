-- SPDX-License-Identifier: MIT
-- One end of TLS whose bytes a test moves by hand: it cuts, holds back or spoils what a real peer would send.

local assert = require('luassert')
local network = require('network')
local secure = require('secure')
local tls = require('net.tls')

local puppet = {}

local Puppet = {}
Puppet.__index = Puppet

-- Over a pair of sockets, of which the other end is the wire.
local function new(begin)
  local near, far = network.pair(nil, true)
  return setmetatable({ context = begin(near), wire = far }, Puppet)
end

-- `settings`: as for secure.client_config and secure.server_config.
function puppet.client(settings)
  return new(function(sock)
    local context = assert(tls.client(secure.client_config(settings)))
    assert(context:connect_socket(sock, 'localhost'))
    return context
  end)
end

function puppet.server(settings)
  return new(function(sock)
    return assert(assert(tls.server(secure.server_config(settings))):accept_socket(sock))
  end)
end

-- What it has put on the wire.
function Puppet:taken()
  local parts = {}
  repeat
    parts[#parts + 1] = self.wire:recv(65536)
  until not self.wire:recvable(0)
  return table.concat(parts)
end

-- Gives it bytes of its peer.
function Puppet:give(bytes)
  assert.equal(#bytes, self.wire:send(bytes))
end

-- Goes on with the handshake: what it sends then. It is done when `is_ready` is true.
function Puppet:flight()
  local ok, err = self.context:handshake()
  assert.is_nil(err)
  self.is_ready = ok or false
  return self:taken()
end

-- The records of a text.
function Puppet:records(text)
  assert.equal(#text, self.context:write(text))
  return self:taken()
end

-- That it says that nothing more comes.
function Puppet:close_notify()
  assert(self.context:close())
  return self:taken()
end

-- Makes the handshake over a socket of llsocket that blocks.
function Puppet:shake_hands(sock)
  while true do
    local flight = self:flight()
    if #flight > 0 then
      assert.equal(#flight, sock:send(flight))
    end
    if self.is_ready then
      return self
    end
    self:give(assert(sock:recv(65536)))
  end
end

-- The flights of both ends of a handshake, in their order, that of the client first.
function puppet.flights(settings)
  local ends, flights = { puppet.client(settings), puppet.server(settings) }, {}
  local at = 1
  while not (ends[1].is_ready and ends[2].is_ready) do
    local flight = ends[at]:flight()
    flights[#flights + 1] = flight
    at = 3 - at
    ends[at]:give(flight)
  end
  return flights
end

return puppet
