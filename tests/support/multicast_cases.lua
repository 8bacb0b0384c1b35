-- SPDX-License-Identifier: MIT
-- What multicast must do with traffic, as sentences. Each case runs in a scene, which says where:
--   family, address   AF_INET or AF_INET6, and what makes its addresses
--   any, group, fence_group, sources   addresses: the wildcard, two groups, and three of this machine to send from
--   near, far         the interface that sends, and the one that receives it; the same where there is but one
--   is_wired          whether the two are ends of one cable, so that what leaves the machine is seen

local llsocket = require('llsocket')
local socket = llsocket.socket

local cases = {}

local Scene = {}
Scene.__index = Scene

-- Makes an address from text and port.
function Scene:at(host, port)
  return assert(self.address(host, port or 0, llsocket.SOCK_DGRAM))
end

function Scene:join(receiver, group, source)
  if source then
    return assert(receiver.sock:mcastjoinsrc(self:at(group), self:at(source), receiver.interface))
  end
  return assert(receiver.sock:mcastjoin(self:at(group), receiver.interface))
end

-- A socket that hears only its own groups, and only what comes through one interface.
function Scene:receiver(interface)
  local sock = assert(socket.new(self.family, llsocket.SOCK_DGRAM))
  assert(sock:bind(self:at(self.any)))
  assert(sock:mcastall(false))
  if self.is_wired then
    assert(sock:bindtodevice(interface))
  end
  return { sock = sock, port = sock:getsockname():port(), interface = interface }
end

function Scene:sender(source)
  local sock = assert(socket.new(self.family, llsocket.SOCK_DGRAM))
  assert(sock:bind(self:at(source or self.sources[1])))
  sock:mcastif(self.near)
  return sock
end

function Scene:send(sender, receiver, text)
  assert(sender:sendto(text, self:at(self.group, receiver.port)))
end

-- Returns when everything that `sender` sent before has reached the interface: a witness there got what came last.
function Scene:fence(sender, interface)
  local witness = self:receiver(interface or self.far)
  self:join(witness, self.fence_group)
  assert(sender:sendto('fence', self:at(self.fence_group, witness.port)))
  assert(witness.sock:recvable(10000), 'the fence did not come')
end

-- Asserts what a receiver has got, in order, and nothing else.
local function expect(receiver, ...)
  for _, text in ipairs({ ... }) do
    assert(receiver.sock:recvable(10000), text .. ' did not come')
    local got = receiver.sock:recv()
    assert(got == text, ('%s came instead of %s'):format(tostring(got), text))
  end
  local more = receiver.sock:recv(64, llsocket.MSG_DONTWAIT)
  assert(more == nil, ('%s came too'):format(tostring(more)))
end

local function case(sentence, run, needs_wire)
  cases[#cases + 1] = { sentence = sentence, run = run, needs_wire = needs_wire }
end

case('mcastjoin receives what a group is sent from then on', function(scene)
  local sender, receiver = scene:sender(), scene:receiver(scene.far)
  scene:send(sender, receiver, 'early')
  scene:fence(sender)
  scene:join(receiver, scene.group)
  scene:send(sender, receiver, 'one')
  scene:send(sender, receiver, 'two')
  scene:fence(sender)
  expect(receiver, 'one', 'two')
end)

case('mcastleave ends it', function(scene)
  local sender, receiver = scene:sender(), scene:receiver(scene.far)
  scene:join(receiver, scene.group)
  scene:send(sender, receiver, 'one')
  scene:fence(sender)
  assert(receiver.sock:mcastleave(scene:at(scene.group), receiver.interface))
  scene:send(sender, receiver, 'late')
  scene:fence(sender)
  expect(receiver, 'one')
end)

-- One sender for each source of the scene.
local function all_senders(scene)
  local senders = {}
  for i, source in ipairs(scene.sources) do
    senders[i] = scene:sender(source)
  end
  return senders
end

-- Each sender sends its number; returns when all could have come.
local function all_send(scene, senders, receiver)
  for i, sender in ipairs(senders) do
    scene:send(sender, receiver, tostring(i))
  end
  scene:fence(senders[#senders])
end

case('mcastjoin receives from every source', function(scene)
  local senders, receiver = all_senders(scene), scene:receiver(scene.far)
  scene:join(receiver, scene.group)
  all_send(scene, senders, receiver)
  expect(receiver, '1', '2', '3')
end)

case('mcastjoinsrc receives from that source only', function(scene)
  local senders, receiver = all_senders(scene), scene:receiver(scene.far)
  scene:join(receiver, scene.group, scene.sources[2])
  all_send(scene, senders, receiver)
  expect(receiver, '2')
end)

case('mcastjoinsrc adds another source', function(scene)
  local senders, receiver = all_senders(scene), scene:receiver(scene.far)
  scene:join(receiver, scene.group, scene.sources[2])
  scene:join(receiver, scene.group, scene.sources[3])
  all_send(scene, senders, receiver)
  expect(receiver, '2', '3')
end)

case('mcastleavesrc ends one source and keeps the others', function(scene)
  local senders, receiver = all_senders(scene), scene:receiver(scene.far)
  scene:join(receiver, scene.group, scene.sources[1])
  scene:join(receiver, scene.group, scene.sources[2])
  assert(receiver.sock:mcastleavesrc(scene:at(scene.group), scene:at(scene.sources[1]), receiver.interface))
  all_send(scene, senders, receiver)
  expect(receiver, '2')
end)

case('mcastblocksrc ignores one source and keeps the others', function(scene)
  local senders, receiver = all_senders(scene), scene:receiver(scene.far)
  scene:join(receiver, scene.group)
  assert(receiver.sock:mcastblocksrc(scene:at(scene.group), scene:at(scene.sources[2]), receiver.interface))
  all_send(scene, senders, receiver)
  expect(receiver, '1', '3')
end)

case('mcastunblocksrc listens to it again', function(scene)
  local senders, receiver = all_senders(scene), scene:receiver(scene.far)
  scene:join(receiver, scene.group)
  assert(receiver.sock:mcastblocksrc(scene:at(scene.group), scene:at(scene.sources[2]), receiver.interface))
  all_send(scene, senders, receiver)
  assert(receiver.sock:mcastunblocksrc(scene:at(scene.group), scene:at(scene.sources[2]), receiver.interface))
  all_send(scene, senders, receiver)
  expect(receiver, '1', '3', '1', '2', '3')
end)

case('mcastloop(false) keeps what is sent from this machine', function(scene)
  local sender, receiver = scene:sender(), scene:receiver(scene.near)
  scene:join(receiver, scene.group)
  assert(sender:mcastloop(false) == true)
  scene:send(sender, receiver, 'silent')
  assert(sender:mcastloop(true) == false)
  scene:send(sender, receiver, 'loud')
  scene:fence(sender, scene.near)
  expect(receiver, 'loud')
end, true)

case('mcastloop(false) still sends to the network', function(scene)
  local sender, receiver = scene:sender(), scene:receiver(scene.far)
  scene:join(receiver, scene.group)
  sender:mcastloop(false)
  scene:send(sender, receiver, 'out')
  scene:fence(sender)
  expect(receiver, 'out')
end, true)

case('mcastttl(0) keeps what is sent on this machine, and 1 sends it to the network', function(scene)
  local sender, inside, outside = scene:sender(), scene:receiver(scene.near), scene:receiver(scene.far)
  scene:join(inside, scene.group)
  scene:join(outside, scene.group)
  for ttl = 0, 1 do
    sender:mcastttl(ttl)
    assert(sender:mcastttl() == ttl)
    scene:send(sender, inside, 'inside ' .. ttl)
    scene:send(sender, outside, 'outside ' .. ttl)
  end
  scene:fence(sender)
  expect(outside, 'outside 1')
  scene:fence(sender, scene.near)
  expect(inside, 'inside 0', 'inside 1')
end, true)

case('mcastif chooses the interface that sends', function(scene)
  local sender = scene:sender()
  local near, far = scene:receiver(scene.near), scene:receiver(scene.far)
  scene:join(near, scene.group)
  scene:join(far, scene.group)
  sender:mcastloop(false)
  assert(sender:mcastif() == scene.near)
  scene:send(sender, near, 'to far')
  scene:send(sender, far, 'to far')
  scene:fence(sender)
  assert(sender:mcastif(scene.far) == scene.near)
  scene:send(sender, near, 'to near')
  scene:send(sender, far, 'to near')
  scene:fence(sender, scene.near)
  assert(sender:mcastif() == scene.far)
  expect(far, 'to far')
  expect(near, 'to near')
end, true)

-- The loopback interface, which carries IPv4 multicast when it is named.
cases.loopback = setmetatable({
  family = llsocket.AF_INET,
  address = llsocket.addrinfo.inet,
  any = '0.0.0.0',
  group = '239.255.71.1',
  fence_group = '239.255.71.2',
  sources = { '127.0.0.2', '127.0.0.3', '127.0.0.4' },
  near = 'lo',
  far = 'lo',
}, Scene)

-- The network of tests/support/multicast_network.sh.
cases.wired = {
  IPv4 = setmetatable({
    family = llsocket.AF_INET,
    address = llsocket.addrinfo.inet,
    any = '0.0.0.0',
    group = '239.255.71.1',
    fence_group = '239.255.71.2',
    sources = { '198.51.100.1', '198.51.100.2', '198.51.100.3' },
    near = 'near',
    far = 'far',
    is_wired = true,
  }, Scene),
  IPv6 = setmetatable({
    family = llsocket.AF_INET6,
    address = llsocket.addrinfo.inet6,
    any = '::',
    group = 'ff15::7:1',
    fence_group = 'ff15::7:2',
    sources = { '2001:db8:7::1', '2001:db8:7::2', '2001:db8:7::3' },
    near = 'near',
    far = 'far',
    is_wired = true,
  }, Scene),
}

return cases
