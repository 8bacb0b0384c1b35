-- SPDX-License-Identifier: MIT
-- What somebody who ports a program must know of a function or method, in a few words, by its name in generation 4.
-- What holds for many (errors, would block, setters) is in api/prose/generations.md.

local closed_by_peer = '2, 3: a peer that has closed is nil; else an error'
local group = '2, 3: addresses are texts; 4: addrinfo objects'

local porting = {
  ['socket.new'] = '1: `inet` and `unix` make descriptors that are bound or connected; 2, 3: from an addrinfo, which '
    .. 'the socket remembers; 4: from numbers, it remembers none',
  ['socket.pair'] = '4: `protocol` comes before `nonblock`',
  ['socket.wrap'] = '4: can make the socket non-blocking',
  ['socket:dup'] = '2, 3: can be given another address',
  ['socket:fd'] = '1: the descriptor is all there is',
  ['socket:socktype'] = '1: asks the kernel and can fail',
  ['socket:bind'] = "2, 3: without an address the socket's own is taken; 4: it must be given",
  ['socket:connect'] = "2, 3: without an address the socket's own is taken, and in progress is `err, true`; 4: the "
    .. 'address must be given, and in progress is `true, err`',
  ['socket:shutdown'] = '1: the direction is not optional; 4: `ok, err`',
  ['socket:close'] = '1: a second close is EBADF; 2 to 4: harmless',
  ['socket:accept'] = '1: `accept` gives a blocking socket, `acceptInherits` one with the state of the listener, as do '
    .. '2 to 4; 4: can give the address of the peer',
  ['socket:error'] = '1 to 3: a number, 0 if there is none; 4: an error object or nil',
  ['socket:send'] = closed_by_peer,
  ['socket:sendto'] = '1: without an address it is `send`. ' .. closed_by_peer,
  ['socket:sendfile'] = closed_by_peer,
  ['socket:sendfd'] = '3: EMSGSIZE is `0, nil, true`, and a peer that has closed is nil; 4: errors',
  ['socket:sendmsg'] = '3: EMSGSIZE is `-1, err, true`, and a peer that has closed is nil; 4: errors',
  ['socket:recvfrom'] = '1 to 3: the sender is the second result; 4: the fourth',
  ['socket:recvfd'] = '3: on a datagram or raw socket `again` is true beside ENOMSG',
  ['socket:linger'] = '3: off reads nil; 4: -1',
  ['addrinfo.unix'] = '2: a list with one addrinfo; 3, 4: the addrinfo',
  ['addrinfo.getaddrinfo'] = '2: a function for each family; 2, 3: SOCK_STREAM by default; 4: every type by default, '
    .. 'and the family is an argument',
  ['addrinfo:getnameinfo'] = '1 to 3: the service is `serv`; 4: `service`. All of them have both',
  ['msghdr:iov'] = 'takes an iovec of any generation',
}

for _, row in ipairs(require('api.methods.socket_multicast')) do
  porting['socket:' .. row.name] = group
end

return porting
