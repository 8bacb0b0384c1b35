-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v2

do
---@class llsocket.v2.inet_module
local inet = {}

---Looks up the IPv4 addresses of a host and a service.
---@param host? string a name or an address; without it this machine, or with AI_PASSIVE the wildcard address
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param socktype? integer a SOCK_* constant; 0 for every kind
---@param protocol? integer an IPPROTO_* constant; 0 is the usual protocol of the type
---@param ... integer AI_* constants
---@return llsocket.v2.addrinfo[]? list addrinfo objects, the best first
---@return string? err why it failed
function inet.getaddrinfo(host, port, socktype, protocol, ...) end

---Looks up the IPv6 addresses of a host and a service.
---@param host? string a name or an address; without it this machine, or with AI_PASSIVE the wildcard address
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param socktype? integer a SOCK_* constant; 0 for every kind
---@param protocol? integer an IPPROTO_* constant; 0 is the usual protocol of the type
---@param ... integer AI_* constants
---@return llsocket.v2.addrinfo[]? list addrinfo objects, the best first
---@return string? err why it failed
function inet.getaddrinfo6(host, port, socktype, protocol, ...) end
end

do
---@class llsocket.v2.unix_module
local unix = {}

---Makes a unix address.
---@param path string a path; on Linux a string that begins with a NUL is an abstract name, '' the unnamed address
---@param socktype? integer a SOCK_* constant: the kind of socket that it is for
---@param protocol? integer an IPPROTO_* constant; 0 is the usual protocol of the type
---@param ... integer AI_* constants; none has a meaning here
---@return llsocket.v2.addrinfo[]? list one addrinfo object, at 1
---@return string? err why it failed
function unix.getaddrinfo(path, socktype, protocol, ...) end
end

do
---@class llsocket.v2.socket
local sock = {}

---Makes a second socket object with a descriptor of its own for the same socket.
---@param ai? llsocket.v2.addrinfo the address of the new object; without it that of this one
---@return llsocket.v2.socket? sock the socket
---@return string? err why it failed
function sock:dup(ai) end

---Tells the descriptor.
---@return integer fd the descriptor; -1 if the socket is closed
function sock:fd() end

---Tells the address family.
---
---A closed socket still tells what it was.
---@return integer family an AF_* constant
function sock:family() end

---Tells the type.
---
---A closed socket still tells what it was.
---@return integer socktype a SOCK_* constant
function sock:socktype() end

---Tells the protocol.
---
---A closed socket still tells what it was.
---@return integer protocol an IPPROTO_* constant
function sock:protocol() end

---Gives the socket an address.
---
---A socket made by `pair`, `wrap` or `accept` has no address of its own: then the argument is not optional. Port 0 takes a free one; `getsockname` tells which.
---@param ai? llsocket.v2.addrinfo the address; without it the socket's own
---@return string? err why it failed
function sock:bind(ai) end

---Connects to an address, or fixes the peer of a datagram socket.
---
---There is no result once connected. A socket made by `pair`, `wrap` or `accept` has no address of its own: then the argument is not optional.
---@param ai? llsocket.v2.addrinfo the address; without it the socket's own
---@return string? err why it failed, or EINPROGRESS or, called again, EALREADY: the connection is being made
---@return boolean? again `true` beside EINPROGRESS, else `false`
function sock:connect(ai) end

---Ends one or both directions of a connection.
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return string? err why it failed
function sock:shutdown(flag) end

---Closes the socket, after a shutdown if a direction is given.
---
---Closing a closed socket does nothing. It is closed even when the shutdown fails; the error of the shutdown is then the one reported.
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return string? err why it failed
function sock:close(flag) end

---Waits for connections, which `accept` then takes.
---@param backlog? integer how many connections may wait to be accepted
---@return string? err why it failed
function sock:listen(backlog) end

---Takes the next connection. It has the non-blocking state of the listener.
---@return llsocket.v2.socket? sock the connection
---@return string? err why it failed
---@return boolean? again `true` if nobody waits to be accepted (EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED)
function sock:accept() end

---Tells whether the next byte of the stream is at the mark of urgent data.
---
---ENOTTY for a socket without urgent data, such as UDP.
---@return boolean? bool whether it is
---@return string? err why it failed
function sock:atmark() end

---Tells the address of the socket.
---@return llsocket.v2.addrinfo? ai the address
---@return string? err why it failed
function sock:getsockname() end

---Tells the address of the peer.
---@return llsocket.v2.addrinfo? ai the address
---@return string? err why it failed
function sock:getpeername() end

---Reads or sets whether the descriptor is closed when the process runs another program.
---
---Every socket starts with it set.
---@param enable? boolean the new state; without it the state is only read
---@return boolean? enable the state now in force
---@return string? err why it failed
function sock:cloexec(enable) end

---Reads or sets whether calls that would block return at once instead.
---@param enable? boolean the new state; without it the state is only read
---@return boolean? enable the state now in force
---@return string? err why it failed
function sock:nonblock(enable) end

---Takes the pending error of the socket, such as the result of a connection attempt.
---@return integer? soerr the errno number; 0 if none is pending
---@return string? err why it failed
function sock:error() end

---Sends bytes, or one message, to the peer.
---
---No call raises SIGPIPE: when the peer has closed (EPIPE, ECONNRESET), all results are nil. An empty string sends nothing on a stream and an empty message elsewhere.
---@param msg string the bytes to send
---@param ... integer MSG_* constants
---@return integer? len bytes sent; 0 if none
---@return string? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:send(msg, ...) end

---Sends one message to an address.
---
---No call raises SIGPIPE: when the peer has closed (EPIPE, ECONNRESET), all results are nil.
---@param msg string the bytes to send
---@param ai llsocket.v2.addrinfo the address
---@param ... integer MSG_* constants
---@return integer? len bytes sent; 0 if none
---@return string? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:sendto(msg, ai, ...) end

---Sends part of a file without copying it through the program.
---
---The position of the file stays where it is. No call raises SIGPIPE: when the peer has closed (EPIPE, ECONNRESET), all results are nil.
---@param fd integer|file* a descriptor or an open Lua file; output that the file still holds is written first
---@param bytes integer how many bytes to send (at least 0)
---@param offset? integer where in the file to begin (at least 0)
---@return integer? len bytes sent; 0 without `again` at the end of the file
---@return string? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:sendfile(fd, bytes, offset) end

---Receives bytes, or one message.
---
---When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return string? err why it failed
---@return boolean? again `true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again
function sock:recv(bufsize, ...) end

---Receives one message and the address of its sender.
---
---When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return llsocket.v2.addrinfo? ai the sender; nil where the protocol tells none
---@return string? err why it failed
---@return boolean? again `true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again
function sock:recvfrom(bufsize, ...) end

---Receives what a multicast group is sent.
---
---EAI_NONAME for a text that is no address of the socket's family. EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr string the group, an IP address
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return string? err why it failed
function sock:mcastjoin(mcaddr, ifname) end

---Leaves a multicast group.
---
---EAI_NONAME for a text that is no address of the socket's family. EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr string the group, an IP address
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return string? err why it failed
function sock:mcastleave(mcaddr, ifname) end

---Receives what one sender sends to a multicast group.
---
---EAI_NONAME for a text that is no address of the socket's family. EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr string the group, an IP address
---@param srcaddr string the sender, an IP address
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return string? err why it failed
function sock:mcastjoinsrc(mcaddr, srcaddr, ifname) end

---No longer receives what one sender sends to a multicast group.
---
---EAI_NONAME for a text that is no address of the socket's family. EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr string the group, an IP address
---@param srcaddr string the sender, an IP address
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return string? err why it failed
function sock:mcastleavesrc(mcaddr, srcaddr, ifname) end

---Ignores one sender of a multicast group.
---
---EAI_NONAME for a text that is no address of the socket's family. EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr string the group, an IP address
---@param srcaddr string the sender, an IP address
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return string? err why it failed
function sock:mcastblocksrc(mcaddr, srcaddr, ifname) end

---Listens again to a sender that was blocked.
---
---EAI_NONAME for a text that is no address of the socket's family. EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr string the group, an IP address
---@param srcaddr string the sender, an IP address
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return string? err why it failed
function sock:mcastunblocksrc(mcaddr, srcaddr, ifname) end

---Whether the socket listens for connections.
---@return boolean? enabled the value
---@return string? err why it failed
function sock:acceptconn() end

---Whether datagrams may be sent to a broadcast address.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:broadcast(enable) end

---Whether the kernel records debugging information.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:debug(enable) end

---Whether to send to directly connected hosts only, without a gateway.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:dontroute(enable) end

---Whether an idle connection is probed.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:keepalive(enable) end

---Whether urgent data is left in the stream.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:oobinline(enable) end

---Bytes of the receive buffer.
---
---Linux doubles the value that is set and limits it to net.core.rmem_max.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return string? err why it failed
function sock:rcvbuf(sz) end

---Bytes that must be there before a receive returns.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return string? err why it failed
function sock:rcvlowat(sz) end

---Seconds that a blocking receive waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds.
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value now in force
---@return string? err why it failed
function sock:rcvtimeo(sec) end

---Whether bind may take an address that old connections still use.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:reuseaddr(enable) end

---Whether several sockets may bind one address and share its load.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:reuseport(enable) end

---Bytes of the send buffer.
---
---Linux doubles the value that is set and limits it to net.core.wmem_max.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return string? err why it failed
function sock:sndbuf(sz) end

---Bytes that must fit before the socket counts as writable.
---
---Linux always reads 1.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return string? err why it failed
function sock:sndlowat(sz) end

---Seconds that a blocking send waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds.
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value now in force
---@return string? err why it failed
function sock:sndtimeo(sec) end

---Whether datagrams arrive with their time in microseconds (SCM_TIMESTAMP).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:timestamp(enable) end

---Whether partial segments are held back, at most 200 milliseconds on Linux.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:tcpcork(enable) end

---Unanswered probes after which a connection is given up.
---@param cnt? integer the new value; without it the option is only read (at least 0)
---@return integer? cnt the value now in force
---@return string? err why it failed
function sock:tcpkeepcnt(cnt) end

---Idle seconds before the first probe.
---
---TCP_KEEPIDLE on Linux and BSD, TCP_KEEPALIVE on macOS.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value now in force
---@return string? err why it failed
function sock:tcpkeepalive(sec) end

---Seconds between probes.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value now in force
---@return string? err why it failed
function sock:tcpkeepintvl(sec) end

---Whether small segments are sent at once.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:tcpnodelay(enable) end

---The network interface through which multicast datagrams leave.
---
---An interface that does not exist is ENODEV; the empty name goes back to the choice of the system. An IPv4 socket remembers an address: an interface without an IPv4 address works and reads nil.
---@param ifname? string the new value; without it the option is only read (0 to 15 bytes)
---@return string? ifname the value now in force
---@return string? err why it failed
function sock:mcastif(ifname) end

---Whether multicast datagrams come back to this machine.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return string? err why it failed
function sock:mcastloop(enable) end

---How many hops multicast datagrams may travel.
---@param ttl? integer the new value; without it the option is only read (0 to 255)
---@return integer? ttl the value now in force
---@return string? err why it failed
function sock:mcastttl(ttl) end

---@class llsocket.v2.socket_module
local socket = {}

---Makes a socket for an address, which `bind` and `connect` then use.
---@param ai llsocket.v2.addrinfo the address
---@param nonblock? boolean whether calls that would block return at once instead
---@return llsocket.v2.socket? sock the socket
---@return string? err why it failed
function socket.new(ai, nonblock) end

---Makes two unix sockets that are connected with each other.
---@param socktype integer a SOCK_* constant
---@param nonblock? boolean whether calls that would block return at once instead
---@param protocol? integer an IPPROTO_* constant; 0 is the usual protocol of the type
---@return llsocket.v2.socket[]? socks the two sockets, at 1 and 2
---@return string? err why it failed
function socket.pair(socktype, nonblock, protocol) end
end

do
---@class llsocket.v2.addrinfo
local ai = {}

---Tells the family.
---@return integer family an AF_* constant
function ai:family() end

---Tells the kind of socket that it is for.
---@return integer socktype a SOCK_* constant
function ai:socktype() end

---Tells the protocol.
---@return integer protocol an IPPROTO_* constant
function ai:protocol() end

---Tells the official name of the host, if AI_CANONNAME asked for it.
---@return string? name the name; in a list, of the first address only
function ai:canonname() end

---Tells the port.
---@return integer? port the port; nil where a family has none
function ai:port() end

---Tells the address.
---@return string? addr IP address with its scope, unix path or abstract name; nil for an unnamed unix socket; the bytes behind `sa_family` for other families
function ai:addr() end

---Looks up the names of host and service.
---
---It waits for the name server, unless NI_NUMERICHOST is set.
---@param ... integer NI_* constants
---@return { host: string, service: string, serv: string }? names fields `host` and `serv`; `service` is a newer name of `serv`
---@return string? err why it failed
function ai:nameinfo(...) end
end

do
---@class llsocket.v2.device_module
local device = {}

---Lists the network interfaces.
---@return table<string, llsocket.interface>? devices interface name to interface, as described above
---@return string? err why it failed
function device.getifaddrs() end
end

do
---@class llsocket.v2.env_module
---@field os string the name of the system, such as `Linux` (uname(2))
---@field unixpath_max integer bytes that the path of a unix address can have (unix(7))
---@field somaxconn integer the default backlog of `listen`: SOMAXCONN
local env = {}
end

---@class llsocket.v2: llsocket.constants
---@field inet llsocket.v2.inet_module IPv4 and IPv6 addresses
---@field unix llsocket.v2.unix_module unix addresses
---@field socket llsocket.v2.socket_module sockets: making, connecting, sending, receiving, options
---@field device llsocket.v2.device_module the network interfaces and their addresses
---@field env llsocket.v2.env_module what the platform is and allows
local llsocket = {}

return llsocket
