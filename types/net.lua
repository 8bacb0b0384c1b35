-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta net

do
---@class net.Socket
local sock = {}

---Tells the descriptor.
---@return integer fd the descriptor; -1 if the socket is closed
function sock:fd() end

---Tells the address family.
---
---A closed socket still tells what it was.
---@return integer af an AF_* constant
function sock:family() end

---Tells the type.
---
---A closed socket still tells what it was.
---@return integer typ a SOCK_* constant
function sock:socktype() end

---Tells the protocol.
---
---A closed socket still tells what it was.
---@return integer proto an IPPROTO_* constant
function sock:protocol() end

---Tells the address of the socket, as it is now: the real port after port 0.
---@return llsocket.addrinfo? ai the address
---@return string? err why it failed
function sock:getsockname() end

---Tells the address of the peer.
---@return llsocket.addrinfo? ai the address
---@return string? err why it failed
function sock:getpeername() end

---Tells whether waits suspend their task, or the program.
---@return boolean? bool `true` if the socket does not block; nil if it is closed
function sock:isnonblock() end

---Reads or sets whether the descriptor is closed when the process runs another program.
---
---Every socket starts with it set.
---@param bool? boolean the new state; without it only read
---@return boolean? bool the state after the call
---@return string? err why it failed
function sock:cloexec(bool) end

---Tells whether the next byte of the stream is at the mark of urgent data.
---@return boolean? bool whether it is
---@return string? err why it failed
function sock:atmark() end

---Takes the pending error of the socket.
---@return string? soerr the error; nil if none is pending
---@return string? err why it failed
function sock:error() end

---Reads or sets how long a call may wait, in milliseconds: one that receives or accepts, and one that sends.
---
---Each is for a whole call, however often that waits. Of a socket that blocks they are SO_RCVTIMEO and SO_SNDTIMEO, as `rcvtimeo` and `sndtimeo`: Linux rounds them up to its clock tick, 1 to 10 milliseconds.
---@param rcvmsec? number for receiving and accepting; 0 for none, nil leaves it as it is (at least 0)
---@param sndmsec? number for sending; 0 for none, nil leaves it as it is (at least 0)
---@return number? rcvmsec what is in force; nil for none
---@return number? sndmsec what is in force; nil for none
function sock:deadlines(rcvmsec, sndmsec) end

---Sets the function that is asked before the socket waits to receive or accept.
---
---Without arguments it only reads. `msec` is what is left of the deadline, nil without one. A first result that is false or nil refuses the wait: the call ends at once, and the second and third results of `fn` are its `err` and `timeout`. The hook is called only when the call would block, at every wait of it; under `net.loop` it may wait itself.
---@param fn? function called as `fn(ctx, msec)`; nil for none
---@param ctx? any its first argument
---@return function? fn the one before
---@return string? err always nil
function sock:onwaitrecv(fn, ctx) end

---Sets the function that is asked before the socket waits to send.
---
---Without arguments it only reads. `msec` is what is left of the deadline, nil without one. A first result that is false or nil refuses the wait: the call ends at once, and the second and third results of `fn` are its `err` and `timeout`. The hook is called only when the call would block, at every wait of it; under `net.loop` it may wait itself.
---@param fn? function called as `fn(ctx, msec)`; nil for none
---@param ctx? any its first argument
---@return function? fn the one before
---@return string? err always nil
function sock:onwaitsend(fn, ctx) end

---Ends receiving: SHUT_RD. Then receiving gives the end of the stream.
---@return string? err why it failed; nil on success
function sock:closer() end

---Ends sending: SHUT_WR. The peer receives what was sent, and then the end of the stream.
---@return string? err why it failed; nil on success
function sock:closew() end

---Closes the socket.
---
---It is closed even when that fails. The waits of other tasks for it end with ECANCELED; every later call answers EBADF. To close twice is no error.
---@param shutrd? boolean whether to end receiving first, also for other processes that have the socket
---@param shutwr? boolean the same for sending
---@return string? err why it failed; nil on success
function sock:close(shutrd, shutwr) end

---Receives bytes, or one message, as soon as there are any.
---
---At the end of the stream all results are nil. A datagram without bytes is an empty string; what does not fit of one is lost.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@return string? str what arrived
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:recv(bufsize) end

---Does what `recv` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@return string? str what arrived
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:recvsync(bufsize) end

---Receives bytes, or one message, into the parts of a message, with its address and control messages.
---
---At the end of the stream all results are nil. A datagram without bytes is 0. `msg:flags()` tells what was cut. Descriptors among the control messages belong to the program.
---@param msg net.MsgHdr where it goes; `msg:addn(n)` makes room
---@return integer? len bytes received
---@return string? err why it failed
---@return boolean? timeout `true` if fewer bytes came than there is room for, or, beside nil, the time was over
function sock:recvmsg(msg) end

---Does what `recvmsg` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param msg net.MsgHdr where it goes; `msg:addn(n)` makes room
---@return integer? len bytes received
---@return string? err why it failed
---@return boolean? timeout `true` if fewer bytes came than there is room for, or, beside nil, the time was over
function sock:recvmsgsync(msg) end

---Sends bytes, all of them, or one message.
---
---When the peer is gone (EPIPE, ECONNRESET) all results are nil, whatever went before. SIGPIPE is never raised. An empty string sends nothing on a stream, and an empty message elsewhere.
---@param str string the bytes
---@return integer? len bytes sent: all, or what went before it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:send(str) end

---Does what `send` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param str string the bytes
---@return integer? len bytes sent: all, or what went before it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendsync(str) end

---Sends the parts of a message, all of them, with its address and control messages.
---
---When the peer is gone (EPIPE, ECONNRESET) all results are nil, whatever went before. SIGPIPE is never raised. Control messages go once, with the first bytes, and leave the message when it was sent in part; on a stream without a byte they are refused (EINVAL).
---@param msg net.MsgHdr what to send; it keeps its bytes
---@return integer? len bytes sent: all, or what went before it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendmsg(msg) end

---Does what `sendmsg` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param msg net.MsgHdr what to send; it keeps its bytes
---@return integer? len bytes sent: all, or what went before it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendmsgsync(msg) end

---Whether the socket listens for connections.
---@return boolean? enabled the value in force after the call
---@return string? err why it failed
function sock:acceptconn() end

---The only network interface that the socket uses.
---
---'' lifts the restriction, which takes a privilege.
---@param ifname? string the new value; without it the option is only read (0 to 15 bytes)
---@return string? ifname the value in force after the call
---@return string? err why it failed
function sock:bindtodevice(ifname) end

---Microseconds that a blocking receive polls the device before it sleeps.
---@param usec? integer the new value; without it the option is only read (at least 0)
---@return integer? usec the value in force after the call
---@return string? err why it failed
function sock:busypoll(usec) end

---Whether the kernel records debugging information.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:debug(enable) end

---Whether to send to directly connected hosts only, without a gateway.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:dontroute(enable) end

---Whether bind may take an address that this machine does not have (yet).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:freebind(enable) end

---The processor that handles what the socket receives; -1 if none is known.
---@param cpu? integer the new value; without it the option is only read (at least -1)
---@return integer? cpu the value in force after the call
---@return string? err why it failed
function sock:incomingcpu(cpu) end

---Seconds that close waits until data is sent; a negative number turns it off, and off is nil.
---
---With 0, closing a TCP connection resets it.
---@param sec? integer the new value; without it the option is only read
---@return integer? sec the value in force after the call
---@return string? err why it failed
function sock:linger(sec) end

---The mark on what is sent, for routing and packet filters.
---
---A mark above 2147483647 is given and read as the negative number with the same bits.
---@param mark? integer the new value; without it the option is only read
---@return integer? mark the value in force after the call
---@return string? err why it failed
function sock:mark(mark) end

---Packets that arrive with fewer hops left are dropped; 0 drops none.
---@param ttl? integer the new value; without it the option is only read (0 to 255)
---@return integer? ttl the value in force after the call
---@return string? err why it failed
function sock:minttl(ttl) end

---The known path MTU in bytes; ENOTCONN without a connection.
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:mtu() end

---How the path MTU is found: one of IP_PMTUDISC_DONT, _WANT, _DO, _PROBE, _INTERFACE, _OMIT.
---@param mode? integer the new value; without it the option is only read (at least 0)
---@return integer? mode the value in force after the call
---@return string? err why it failed
function sock:mtudiscover(mode) end

---Whether messages arrive with the credentials of the sender (SCM_CREDENTIALS).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:passcred(enable) end

---Where the next receive with MSG_PEEK begins; -1 turns it off.
---@param offset? integer the new value; without it the option is only read (at least -1)
---@return integer? offset the value in force after the call
---@return string? err why it failed
function sock:peekoff(offset) end

---The queueing priority of what is sent.
---
---Above 6 it needs a privilege. Setting `tos` on IPv4 changes it too.
---@param prio? integer the new value; without it the option is only read (at least 0)
---@return integer? prio the value in force after the call
---@return string? err why it failed
function sock:priority(prio) end

---Bytes of the receive buffer.
---
---Linux doubles the value that is set and limits it to net.core.rmem_max.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:rcvbuf(sz) end

---Bytes that must be there before a receive returns.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:rcvlowat(sz) end

---Seconds that a blocking receive waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds. Of a socket that blocks it is the deadline that `deadlines` tells in milliseconds; others do not obey it.
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value in force after the call
---@return string? err why it failed
function sock:rcvtimeo(sec) end

---Whether errors are kept in the error queue, for a receive with MSG_ERRQUEUE.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:recverr(enable) end

---Whether bind may take an address that old connections still use.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:reuseaddr(enable) end

---Whether several sockets may bind one address and share its load.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:reuseport(enable) end

---Bytes of the send buffer.
---
---Linux doubles the value that is set and limits it to net.core.wmem_max.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:sndbuf(sz) end

---Bytes that must fit before the socket counts as writable.
---
---Linux always reads 1.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:sndlowat(sz) end

---Seconds that a blocking send waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds. Of a socket that blocks it is the deadline that `deadlines` tells in milliseconds; others do not obey it.
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value in force after the call
---@return string? err why it failed
function sock:sndtimeo(sec) end

---Whether datagrams arrive with their time in microseconds (SCM_TIMESTAMP).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:timestamp(enable) end

---Whether datagrams arrive with their time in nanoseconds (SCM_TIMESTAMPNS).
---
---Of `timestamp` and `timestampns` the one set last is in force.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:timestampns(enable) end

---Type of service or traffic class of what is sent.
---
---On TCP the two lowest bits belong to the kernel and read 0.
---@param tos? integer the new value; without it the option is only read (0 to 255)
---@return integer? tos the value in force after the call
---@return string? err why it failed
function sock:tos(tos) end

---Whether the socket may use addresses of others, as a transparent proxy does.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:transparent(enable) end

---How many hops packets may travel.
---
---Linux refuses 0 for IPv4.
---@param ttl? integer the new value; without it the option is only read (0 to 255)
---@return integer? ttl the value in force after the call
---@return string? err why it failed
function sock:ttl(ttl) end

---Whether an IPv6 socket refuses IPv4; must be set before bind.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:v6only(enable) end

---Whether MSG_ZEROCOPY may be used.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:zerocopy(enable) end

---Makes a socket of net of one of llsocket, which then waits as one that is made here.
---
---Every class whose `new` takes no options has it: `net.stream.Socket.new(sock)` makes one of that class.
---@param sock llsocket.socket the socket of llsocket; do not use it beside
---@return net.Socket? sock the socket
---@return string? err why it failed
function sock.new(sock) end
end

do
---@class net.MsgHdr
local msg = {}

---Reads or sets the address: the receiver for `sendmsg`, the sender after `recvmsg`.
---
---Without an argument it only reads.
---@param ai? llsocket.addrinfo the new one; nil removes it
---@return llsocket.addrinfo? ai the one before the call
function msg:name(ai) end

---Gives the control messages. For sending, `push` what shall go along; `recvmsg` replaces them.
---@return llsocket.cmsghdrs cmsgs the control messages of this message
function msg:control() end

---Tells what the kernel said of the last message received.
---@return integer flags MSG_TRUNC, MSG_CTRUNC, MSG_EOR and so on, OR-ed
function msg:flags() end

---Tells the size of all parts together.
---
---After `recvmsg` still the room that there is: `len` tells what came.
---@return integer bytes how many bytes
function msg:bytes() end

---Removes bytes from the front; parts that are used up go.
---@param bytes integer how many bytes (at least 0)
---@return integer bytes how many bytes are left
function msg:consume(bytes) end

---Joins the bytes of all parts, or some of them.
---@param offset? integer how many bytes to skip (at least 0)
---@param n? integer how many bytes; all if missing (at least 0)
---@return string str the bytes
function msg:concat(offset, n) end

---Adds a string as a part.
---
---EINVAL: the part would be empty. ENOBUFS: there are IOV_MAX parts.
---@param str string the bytes
---@return integer? idx the number of the new part
---@return string? err why it failed
function msg:add(str) end

---Adds room for so many bytes as a part, filled with NULs.
---
---EINVAL: the part would be empty. ENOBUFS: there are IOV_MAX parts.
---@param bytes integer how many bytes (at least 0)
---@return integer? idx the number of the new part
---@return string? err why it failed
function msg:addn(bytes) end

---Tells the bytes of a part.
---@param idx integer the number of a part, from 1
---@return string? str the bytes; nil if there is no such part
function msg:get(idx) end

---Removes a part; the last one takes its place.
---@param idx integer the number of a part, from 1
---@return string? str the bytes removed; nil if there is no such part
---@return integer? midx the number that the part now in its place had; nil if the last one was removed
function msg:del(idx) end

---Makes an empty message.
---
---`net.MsgHdr.new` is the same.
---@return net.MsgHdr msg the message
---@return string? err always nil
function msg.new() end
end

do
---@class net.stream_module
---@field Socket net.stream.Socket what all stream sockets have
---@field Server net.stream.Server what all servers have
---@field inet net.stream.inet_module servers and clients of TCP
---@field unix net.stream.unix_module servers, clients and pairs of unix sockets
local stream = {}

---Makes a socket of a descriptor, which then belongs to it.
---
---It becomes close-on-exec, and blocks or not as one that is made here would. Where it blocks, its SO_RCVTIMEO and SO_SNDTIMEO are its deadlines. When it fails (EPROTOTYPE: a socket of another kind) the descriptor stays open and belongs to the program. A unix socket is a net.stream.unix.Socket.
---@param fd integer the descriptor of a stream socket
---@return net.stream.Socket? sock the socket
---@return string? err why it failed
function stream.wrap(fd) end

---Looks up the address of a host for stream sockets: the first that there is.
---
---The look-up of a name has no deadline of its own; in a task `loop.timeout` sets one. `loop.getaddrinfo` gives all addresses.
---@param options { host: string?, port: integer|string?, passive: boolean?, canonname: boolean?, numeric: boolean? } what it is for
---@return llsocket.addrinfo? ai the address
---@return string? err why it failed
function stream.getaddrinfoin(options) end

---Makes the address of a path for unix stream sockets.
---@param options { path: string, pathname: string? } what it is for
---@return llsocket.addrinfo? ai the address
---@return string? err why it failed
function stream.getaddrinfoun(options) end
end

do
---@class net.stream.Socket: net.Socket
local sock = {}

---Reads a line: the bytes before the next `\n` or `\r\n`, which is taken as well.
---
---At the end of the stream all results are nil. EMSGSIZE: the line is longer; its bytes stay.
---@param max? integer how long it may be, in bytes (at least 0)
---@return string? str the line without its end; at the end of the stream what is left
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:readline(max) end

---Iterates over the lines: `for line in sock:lines() do`.
---
---The iterator raises errors, and ETIMEDOUT when the time for a line is over. On plain Lua 5.1 a task cannot wait in a `for`: use `while` with `readline` there.
---@param max? integer how long each may be, in bytes (at least 0)
---@return function next gives the next line; nil at the end of the stream
function sock:lines(max) end

---Reads exactly so many bytes.
---
---At the end of the stream all results are nil. EBADMSG: it came after some of them; `recv` still gives these.
---@param n integer how many bytes (at least 0)
---@return string? str the bytes
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:readn(n) end

---Reads up to a delimiter, which is taken as well.
---
---At the end of the stream all results are nil. EBADMSG: it came after some bytes; EMSGSIZE: there are more before the delimiter. The bytes stay, and `recv` gives them.
---@param delimiter string a plain text of one byte at least
---@param max? integer how many bytes may be before it (at least 0)
---@return string? str the bytes before the delimiter
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:readuntil(delimiter, max) end

---Gives the next bytes, which stay to be read.
---
---When the stream has ended and nothing is left all results are nil.
---@param n integer how many bytes (at least 0)
---@return string? str the bytes; fewer only at the end of the stream
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:peek(n) end

---Sends part of a file, all of it or up to its end, without copying it through the program.
---
---When the peer is gone (EPIPE, ECONNRESET) all results are nil, whatever went before. SIGPIPE is never raised. The position of the file stays where it is.
---@param fd integer|file* a descriptor or an open Lua file; output that the file still holds is written first
---@param bytes integer how many bytes to send (at least 0)
---@param offset? integer where in the file to begin (at least 0)
---@return integer? len bytes sent: all, what there was to the end of the file, or what went before it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendfile(fd, bytes, offset) end

---Does what `sendfile` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param fd integer|file* a descriptor or an open Lua file; output that the file still holds is written first
---@param bytes integer how many bytes to send (at least 0)
---@param offset? integer where in the file to begin (at least 0)
---@return integer? len bytes sent: all, what there was to the end of the file, or what went before it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendfilesync(fd, bytes, offset) end

---Speaks TLS on a plain connection from now on.
---
---When the handshake fails, is late or is cancelled, the stream is closed. What was wrong before it began (TLS_CONFIG, TLS_NO_NAME, EBADMSG, EISCONN) leaves the stream as it was. Meanwhile other tasks can neither send nor receive.
---@param tlscfg net.tls.config how
---@param options? { server: boolean?, servername: string?, resumption: any?, msec: number?, unread: string? } how
---@return boolean? ok true
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:starttls(tlscfg, options) end

---Gives the session of TLS, with what is known of the connection and its peer.
---@return net.tls.session? session nil where there is no TLS
function sock:tls() end

---Whether an idle connection is probed.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:keepalive(enable) end

---Whether urgent data is left in the stream.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:oobinline(enable) end

---The name of the congestion control algorithm.
---@param name? string the new value; without it the option is only read (0 to 15 bytes)
---@return string? name the value in force after the call
---@return string? err why it failed
function sock:tcpcongestion(name) end

---Whether partial segments are held back, at most 200 milliseconds on Linux.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:tcpcork(enable) end

---Seconds that a listener waits for the first data before it offers a connection.
---
---Linux rounds up to a number of retransmissions: 1, 3, 7, 15 seconds and so on.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value in force after the call
---@return string? err why it failed
function sock:tcpdeferaccept(sec) end

---How many connections with data in their first packet a listener lets wait.
---@param cnt? integer the new value; without it the option is only read (at least 0)
---@return integer? cnt the value in force after the call
---@return string? err why it failed
function sock:tcpfastopen(cnt) end

---Whether connect waits for the first data and sends it along.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:tcpfastopenconnect(enable) end

---Idle seconds before the first probe.
---
---TCP_KEEPIDLE on Linux and BSD, TCP_KEEPALIVE on macOS.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value in force after the call
---@return string? err why it failed
function sock:tcpkeepalive(sec) end

---Unanswered probes after which a connection is given up.
---@param cnt? integer the new value; without it the option is only read (at least 0)
---@return integer? cnt the value in force after the call
---@return string? err why it failed
function sock:tcpkeepcnt(cnt) end

---Seconds between probes.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value in force after the call
---@return string? err why it failed
function sock:tcpkeepintvl(sec) end

---Seconds that a closed connection waits for the end of the peer; -1 does not wait.
---@param sec? integer the new value; without it the option is only read (at least -1)
---@return integer? sec the value in force after the call
---@return string? err why it failed
function sock:tcplinger2(sec) end

---Largest segment in bytes.
---
---On a connection it reads what is in force, which may be less than what was set.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:tcpmaxseg(sz) end

---Whether small segments are sent at once.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:tcpnodelay(enable) end

---Unsent bytes above which the socket does not count as writable; 0 is the default of the system.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:tcpnotsentlowat(sz) end

---Whether acknowledgements are sent at once.
---
---Linux changes it by itself as the connection goes on.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:tcpquickack(enable) end

---How often connect repeats its first packet.
---@param cnt? integer the new value; without it the option is only read (at least 0)
---@return integer? cnt the value in force after the call
---@return string? err why it failed
function sock:tcpsyncnt(cnt) end

---Milliseconds that sent data may stay unacknowledged; 0 is the default of the system.
---@param msec? integer the new value; without it the option is only read (at least 0)
---@return integer? msec the value in force after the call
---@return string? err why it failed
function sock:tcpusertimeout(msec) end
end

do
---@class net.stream.Server: net.stream.Socket
---@field name string? its name, if it is of `sockets`; `''` for none
local server = {}

---Begins to listen for connections.
---
---Can be called again for another `backlog`.
---@param backlog? integer how many connections may wait to be accepted
---@return string? err why it failed; nil on success
function server:listen(backlog) end

---Accepts the next connection.
---
---What `createConnection` returns is what it gives. The connection blocks or not as the server does. A connection that was lost before it is accepted is left out, as accept(2) says. The deadline is that of receiving, and `onwaitrecv` is asked before it waits.
---@return net.stream.Socket? sock the connection
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function server:accept() end

---Takes another configuration for the connections that come. Those that are there stay as they are.
---
---So a certificate is replaced while the server runs. One that was made without `tlscfg`, such as one of `sockets`, speaks TLS from then on; while it serves without, this raises an error.
---@param tlscfg net.tls.config the new one
---@return boolean? ok true
---@return string? err why it failed
function server:tlsconfig(tlscfg) end

---Is called when the handshake of a connection fails, of which `accept` and `serve` tell nothing else. It does nothing; a class or a server can have its own. 512 handshakes go on at once; another ends the oldest (ECANCELED), and `close` of the server all.
---@param err string what is wrong
function server:handshakeFailed(err) end

---Accepts the next connection as a bare descriptor, which the program must close. TLS is its business, too.
---
---`net.stream.wrap(fd)` makes a socket of it. A connection that was lost before it is accepted is left out, as accept(2) says. The deadline is that of receiving, and `onwaitrecv` is asked before it waits.
---@return integer? fd the descriptor, which is close-on-exec
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function server:acceptfd() end

---Makes the object that `accept` and `serve` give for a connection. A class or a server can have its own.
---
---That of net gives a net.stream.Socket, or a net.stream.unix.Socket. `Connection.new(sock)` of a class that derives from these makes another; over TLS that speaks it from the start. `serve` calls it in the task of the connection, so that it may wait. An error in it, or what is no connection, `accept` raises; in `serve` it ends that connection only.
---@param sock llsocket.socket the accepted socket of llsocket
---@param tls? any of TLS: the session; else nil
---@return net.stream.Socket? sock the connection; nil if the server does not want it: then `sock` is closed, and `serve` goes on
---@return string? err why not, which `accept` returns
function server:createConnection(sock, tls) end

---Accepts connections until `stop`, and calls a function for each, in a task of its own.
---
---Only inside of a task of `net.loop`, and once at a time; else it raises an error. A server that was made outside of tasks no longer blocks from then on. An error of a handler ends its own connection only. When there are no descriptors or no memory (EMFILE, ENFILE, ENOBUFS, ENOMEM) connections that come are accepted on a reserve descriptor and closed, so that their peers know, after pauses of 10 milliseconds to 1 second.
---@param handler function called as `handler(sock, server)`; the connection is closed when it returns
---@param options? { limit: integer?, onerror: function?, drain: number? } how it serves
---@return boolean? ok `true` when it was stopped
---@return string? err why it failed
function server:serve(handler, options) end

---Ends `serve`: no more connections are accepted, and those that are there go on to their end.
---
---It closes the server and does not wait: `serve` returns when the last connection has ended. To close the server does the same. Called again with `msec` it sets the time anew. A server that does not serve is only closed.
---@param msec? number how long at most, in milliseconds: then the rest is cancelled and closed; `drain` if nil (at least 0)
function server:stop(msec) end

---Gives the listening sockets that whoever started the program has opened for it, as systemd does.
---
---Each call gives the same servers. They listen already. EPROTOTYPE: one is no listening stream socket. `server:sockets([name])` does the same. `setmetatable(server, MyServer)` makes one a server of a class of your own.
---@param name? string only those of this name (LISTEN_FDNAMES)
---@return net.stream.Server[]? servers a list of servers, in their order, which is empty where nothing was passed; of class net.stream.inet.Server or net.stream.unix.Server
---@return string? err why it failed
function server.sockets(name) end
end

do
---@class net.stream.inet_module
---@field server net.stream.inet.Server the class of servers
---@field client net.stream.inet.Client the class of clients
---@field Server net.stream.inet.Server the same as `inet.server`
---@field Client net.stream.inet.Client the same as `inet.client`
local inet = {}
end

do
---@class net.stream.inet.Server: net.stream.Server
local server = {}

---Makes a server with an address. It takes connections after `server:listen()`.
---
---Of several addresses of a host it takes the first that works; `err` names each with what was wrong. Instead of options it takes an `llsocket.socket` that is bound already, such as one from another process; that speaks TLS by `tlsconfig`.
---@param options { host: string?, port: integer|string?, reuseaddr: boolean?, reuseport: boolean?, tcpnodelay: boolean?, v6only: boolean?, tlscfg: net.tls.config?, tlsmsec: number? } what it is for
---@return net.stream.inet.Server? server the server
---@return string? err why it failed
function server.new(options) end
end

do
---@class net.stream.inet.Client: net.stream.Socket
local client = {}

---Makes a new connection, which takes the place of the old one when it stands.
---
---When it fails the old connection stays. Deadlines and hooks go over to the new one, other options do not; it blocks or not as a socket that is made where `connect` is called. `timeout` comes with an `err`. In a task `close` by another ends it with ECANCELED, and the client stays closed. The host is looked up again.
---@param conndeadl? number how long at most, in milliseconds, look-up and all addresses together; for ever if nil (at least 0)
---@return string? err why it failed; nil on success
---@return boolean? timeout `true` if the time was over
function client:connect(conndeadl) end

---Makes a client, and connects it.
---
---`err` names each address that was tried. `timeout` comes with an `err`. A client that was not to connect answers EBADF until `connect`.
---@param options { host: string?, port: integer|string?, tcpnodelay: boolean?, tlscfg: net.tls.config?, servername: string?, resumption: any? } what it is for
---@param connect? boolean whether to connect now
---@param conndeadl? number how long at most, in milliseconds, look-up and all addresses together; for ever if nil (at least 0)
---@return net.stream.inet.Client? client the client
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function client.new(options, connect, conndeadl) end
end

do
---@class net.stream.unix_module
---@field Socket net.stream.unix.Socket the class of pairs and of accepted connections
---@field server net.stream.unix.Server the class of servers
---@field client net.stream.unix.Client the class of clients
---@field Server net.stream.unix.Server the same as `unix.server`
---@field Client net.stream.unix.Client the same as `unix.client`
local unix = {}

---Makes two sockets that are connected with each other.
---@return net.stream.unix.Socket[]? socks the sockets, at 1 and 2
---@return string? err why it failed
function unix.pair() end
end

do
---@class net.stream.unix.Socket: net.stream.Socket, net.unix.Socket
local sock = {}
end

do
---@class net.stream.unix.Server: net.stream.Server, net.unix.Socket
local server = {}

---Makes a server at a path. It takes connections after `server:listen()`.
---
---EADDRINUSE: there is such a file. Nobody removes it when the server closes: `os.remove(path)` does. Its connections are net.stream.unix.Socket. Instead of options it takes an `llsocket.socket` that is bound already, such as one from another process; that speaks TLS by `tlsconfig`.
---@param options { path: string, pathname: string?, tlscfg: net.tls.config?, tlsmsec: number? } what it is for
---@return net.stream.unix.Server? server the server
---@return string? err why it failed
function server.new(options) end
end

do
---@class net.stream.unix.Client: net.stream.unix.Socket
local client = {}

---Makes a new connection, which takes the place of the old one when it stands.
---
---When it fails the old connection stays. Deadlines and hooks go over to the new one, other options do not; it blocks or not as a socket that is made where `connect` is called. `timeout` comes with an `err`. In a task `close` by another ends it with ECANCELED, and the client stays closed.
---@param conndeadl? number how long at most, in milliseconds, look-up and all addresses together; for ever if nil (at least 0)
---@return string? err why it failed; nil on success
---@return boolean? timeout `true` if the time was over
function client:connect(conndeadl) end

---Makes a client, and connects it.
---
---`err` names the path. While the queue of the server is full it waits. `timeout` comes with an `err`. A client that was not to connect answers EBADF until `connect`.
---@param options { path: string, pathname: string?, tlscfg: net.tls.config?, servername: string?, resumption: any? } what it is for
---@param connect? boolean whether to connect now
---@param conndeadl? number how long at most, in milliseconds, look-up and all addresses together; for ever if nil (at least 0)
---@return net.stream.unix.Client? client the client
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function client.new(options, connect, conndeadl) end
end

do
---@class net.dgram_module
---@field Socket net.dgram.Socket what all datagram sockets have
---@field inet net.dgram.inet_module UDP
---@field unix net.dgram.unix_module unix datagrams
local dgram = {}

---Looks up the address of a host for datagram sockets: the first that there is.
---
---The look-up of a name has no deadline of its own; in a task `loop.timeout` sets one. `loop.getaddrinfo` gives all addresses.
---@param options { host: string?, port: integer|string?, passive: boolean?, canonname: boolean?, numeric: boolean? } what it is for
---@return llsocket.addrinfo? ai the address
---@return string? err why it failed
function dgram.getaddrinfoin(options) end

---Makes the address of a path for unix datagram sockets.
---@param options { path: string, pathname: string? } what it is for
---@return llsocket.addrinfo? ai the address
---@return string? err why it failed
function dgram.getaddrinfoun(options) end
end

do
---@class net.dgram.Socket: net.Socket
local sock = {}

---Receives one message and the address of its sender.
---
---What does not fit is lost. A message without bytes is an empty string. All results are nil when the peer closed, which only connections can tell.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@return string? str what arrived
---@return llsocket.addrinfo? ai the sender; nil where there is no address
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:recvfrom(bufsize) end

---Does what `recvfrom` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@return string? str what arrived
---@return llsocket.addrinfo? ai the sender; nil where there is no address
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:recvfromsync(bufsize) end

---Sends one message to an address.
---
---When the peer is gone (EPIPE, ECONNRESET) all results are nil.
---@param str string the bytes; an empty string is a message, too
---@param ai llsocket.addrinfo the address
---@return integer? len bytes sent: all, or 0 if the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendto(str, ai) end

---Does what `sendto` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param str string the bytes; an empty string is a message, too
---@param ai llsocket.addrinfo the address
---@return integer? len bytes sent: all, or 0 if the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendtosync(str, ai) end

---Receives what a multicast group is sent.
---
---Addresses are in figures, of the family of the socket (else EAI_NONAME or EAI_ADDRFAMILY). ENODEV: there is no such interface.
---@param mcaddr string the address of the group
---@param ifname? string the network interface; without it the system chooses by its routes
---@return string? err why it failed; nil on success
function sock:mcastjoin(mcaddr, ifname) end

---Leaves a multicast group.
---
---Addresses are in figures, of the family of the socket (else EAI_NONAME or EAI_ADDRFAMILY). ENODEV: there is no such interface.
---@param mcaddr string the address of the group
---@param ifname? string the network interface; without it the system chooses by its routes
---@return string? err why it failed; nil on success
function sock:mcastleave(mcaddr, ifname) end

---Receives what one sender sends to a multicast group.
---
---Addresses are in figures, of the family of the socket (else EAI_NONAME or EAI_ADDRFAMILY). ENODEV: there is no such interface.
---@param mcaddr string the address of the group
---@param srcaddr string the address of the sender
---@param ifname? string the network interface; without it the system chooses by its routes
---@return string? err why it failed; nil on success
function sock:mcastjoinsrc(mcaddr, srcaddr, ifname) end

---No longer receives what one sender sends to a multicast group.
---
---Addresses are in figures, of the family of the socket (else EAI_NONAME or EAI_ADDRFAMILY). ENODEV: there is no such interface.
---@param mcaddr string the address of the group
---@param srcaddr string the address of the sender
---@param ifname? string the network interface; without it the system chooses by its routes
---@return string? err why it failed; nil on success
function sock:mcastleavesrc(mcaddr, srcaddr, ifname) end

---Ignores one sender of a multicast group that was joined.
---
---Addresses are in figures, of the family of the socket (else EAI_NONAME or EAI_ADDRFAMILY). ENODEV: there is no such interface.
---@param mcaddr string the address of the group
---@param srcaddr string the address of the sender
---@param ifname? string the network interface; without it the system chooses by its routes
---@return string? err why it failed; nil on success
function sock:mcastblocksrc(mcaddr, srcaddr, ifname) end

---Listens again to a sender that was blocked.
---
---Addresses are in figures, of the family of the socket (else EAI_NONAME or EAI_ADDRFAMILY). ENODEV: there is no such interface.
---@param mcaddr string the address of the group
---@param srcaddr string the address of the sender
---@param ifname? string the network interface; without it the system chooses by its routes
---@return string? err why it failed; nil on success
function sock:mcastunblocksrc(mcaddr, srcaddr, ifname) end

---Whether datagrams may be sent to a broadcast address.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:broadcast(enable) end

---Whether datagrams of groups that only other sockets joined arrive too.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:mcastall(enable) end

---The network interface through which multicast datagrams leave.
---
---An interface that does not exist is ENODEV; the empty name goes back to the choice of the system. An IPv4 socket remembers an address: an interface without an IPv4 address works and reads nil.
---@param ifname? string the new value; without it the option is only read (0 to 15 bytes)
---@return string? ifname the value in force after the call
---@return string? err why it failed
function sock:mcastif(ifname) end

---Whether multicast datagrams come back to this machine.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:mcastloop(enable) end

---How many hops multicast datagrams may travel.
---@param ttl? integer the new value; without it the option is only read (0 to 255)
---@return integer? ttl the value in force after the call
---@return string? err why it failed
function sock:mcastttl(ttl) end

---Whether datagrams arrive with their destination and interface (IP_PKTINFO, IPV6_PKTINFO).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:pktinfo(enable) end

---Whether datagrams arrive with their type of service (IP_TOS, IPV6_TCLASS).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:recvtos(enable) end

---Whether datagrams arrive with their remaining hops (IP_TTL, IPV6_HOPLIMIT).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:recvttl(enable) end

---Whether a control message (SO_RXQ_OVFL) tells how many datagrams were dropped.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:rxqovfl(enable) end

---Whether the kernel joins datagrams of one sender; a control message (UDP_GRO) tells their size.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value in force after the call
---@return string? err why it failed
function sock:udpgro(enable) end

---Bytes of each datagram into which the kernel splits a long send; 0 turns it off.
---@param sz? integer the new value; without it the option is only read (0 to 65535)
---@return integer? sz the value in force after the call
---@return string? err why it failed
function sock:udpsegment(sz) end
end

do
---@class net.dgram.inet_module
---@field Socket net.dgram.inet.Socket the class of UDP sockets
local inet = {}

---Makes a socket for an address, which `bind` or `connect` then gives it.
---
---Its family is that of the first address of the host which this machine has. Without `host` that is the loopback address.
---@param options { host: string?, port: integer|string?, passive: boolean?, reuseaddr: boolean?, reuseport: boolean? } what it is for
---@return net.dgram.inet.Socket? sock the socket
---@return string? err why it failed
function inet.new(options) end

---Makes a socket of a descriptor, which then belongs to it.
---
---It becomes close-on-exec, and blocks or not as one that is made here would. Where it blocks, its SO_RCVTIMEO and SO_SNDTIMEO are its deadlines. When it fails (EPROTOTYPE: a socket of another kind) the descriptor stays open and belongs to the program. It has no address of `new`.
---@param fd integer the descriptor of a UDP socket
---@return net.dgram.inet.Socket? sock the socket
---@return string? err why it failed
function inet.wrap(fd) end
end

do
---@class net.dgram.inet.Socket: net.dgram.Socket
local sock = {}

---Gives the socket its address.
---
---Of several addresses of a host the first of the family of the socket counts. Port 0 takes a free one; `getsockname` tells which. The look-up of a name has no deadline of its own; in a task `loop.timeout` sets one.
---@param options? { host: string?, port: integer|string?, passive: boolean?, canonname: boolean?, numeric: boolean? } the address; nil for that of `new`
---@return string? err why it failed; nil on success
function sock:bind(options) end

---Sets the peer: `send` sends there, and only what it sends is received.
---
---Of several addresses of a host the first of the family of the socket counts. The look-up of a name has no deadline of its own; in a task `loop.timeout` sets one.
---@param options? { host: string?, port: integer|string?, passive: boolean?, canonname: boolean?, numeric: boolean? } the address; nil for that of `new`
---@return string? err why it failed; nil on success
function sock:connect(options) end
end

do
---@class net.dgram.unix_module
---@field Socket net.dgram.unix.Socket the class of unix datagram sockets
local unix = {}

---Makes a socket for a path, which `bind` or `connect` then gives it.
---@param options { path: string, pathname: string? } what it is for
---@return net.dgram.unix.Socket? sock the socket
---@return string? err why it failed
function unix.new(options) end

---Makes two sockets that are connected with each other.
---@return net.dgram.unix.Socket[]? socks the sockets, at 1 and 2
---@return string? err why it failed
function unix.pair() end

---Makes a socket of a descriptor, which then belongs to it.
---
---It becomes close-on-exec, and blocks or not as one that is made here would. Where it blocks, its SO_RCVTIMEO and SO_SNDTIMEO are its deadlines. When it fails (EPROTOTYPE: a socket of another kind) the descriptor stays open and belongs to the program. It has no address of `new`.
---@param fd integer the descriptor of a unix datagram socket
---@return net.dgram.unix.Socket? sock the socket
---@return string? err why it failed
function unix.wrap(fd) end
end

do
---@class net.dgram.unix.Socket: net.dgram.Socket, net.unix.Socket
local sock = {}

---Gives the socket its path, and makes that file.
---
---Nobody removes the file when the socket closes: `os.remove(path)` does.
---@param options? { path: string, pathname: string? } the address; nil for that of `new`
---@return string? err why it failed; nil on success
function sock:bind(options) end

---Sets the peer: `send` sends there, and only what it sends is received.
---@param options? { path: string, pathname: string? } the address; nil for that of `new`
---@return string? err why it failed; nil on success
function sock:connect(options) end
end

do
---@class net.unix_module
---@field Socket net.unix.Socket what all unix sockets have
local unix = {}
end

do
---@class net.unix.Socket: net.Socket
local sock = {}

---Passes a descriptor to the peer, with one byte beside it that `recvfd` removes.
---
---When the peer is gone (EPIPE, ECONNRESET) all results are nil, whatever went before. SIGPIPE is never raised. When the time is over it gives `0, nil, true`, and nothing went.
---@param fd integer the descriptor; the receiver gets its own, this one stays open
---@param ai? llsocket.addrinfo the receiver, for a datagram socket without a peer
---@return integer? len always 0
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendfd(fd, ai) end

---Does what `sendfd` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@param fd integer the descriptor; the receiver gets its own, this one stays open
---@param ai? llsocket.addrinfo the receiver, for a datagram socket without a peer
---@return integer? len always 0
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:sendfdsync(fd, ai) end

---Receives a descriptor that `sendfd` passed. It is close-on-exec, and the program must close it.
---
---At the end of the stream all results are nil. ENOMSG: bytes without a descriptor are next, which `recv` takes. EMSGSIZE: the message has several descriptors or other bytes; `recvmsg` takes it.
---@return integer? fd the descriptor
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:recvfd() end

---Does what `recvfd` does, but tasks that share the socket take turns: first come, first served.
---
---The deadline covers the turn, too. Sockets that block have no turns: it is the same there.
---@return integer? fd the descriptor
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function sock:recvfdsync() end
end

do
---@class net.tls_module
---@field available boolean whether this build has TLS; if not, the functions raise an error
---@field config net.tls.config its function `new` makes configurations
local tls = {}

---Makes a context of a client as libtls has it, for programs that move the bytes themselves.
---
---It has the methods of a [session](#nettlssession) as well.
---@param config net.tls.config the configuration
---@return net.tls.context? context the context
---@return string? err why it failed
function tls.client(config) end

---The same for a server.
---@param config net.tls.config the configuration
---@return net.tls.context? context the context
---@return string? err why it failed
function tls.server(config) end

---Reads a list of versions.
---@param list string names of tlsv1.0 to tlsv1.3, 'default' or 'secure' (1.2 and 1.3), 'all', 'legacy' or 'tlsv1' (all four), with commas; `!` before one takes it away, from the default if it comes first
---@return integer? protocols bits
---@return string? err why it failed
function tls.parse_protocols(list) end

---Reads a file, and decrypts the key in it.
---@param path string PEM
---@param passphrase? string of the key; without it the file is given as it is
---@return string? pem what is in it
---@return string? err why it failed
function tls.load_file(path, passphrase) end

---Tells where the system has the authorities that it trusts.
---@return string path of a file
function tls.default_ca_cert_file() end
end

do
---@class net.tls.config
local config = {}

---Trusts these authorities only.
---
---Without any of these three a client trusts the authorities of the system, and a server nobody.
---@param pem string their certificates
---@return boolean? ok true
---@return string? err why it failed
function config:set_ca(pem) end

---Trusts the authorities of a file only.
---@param path string PEM
---@return boolean? ok true
---@return string? err why it failed
function config:set_ca_file(path) end

---Trusts the authorities of a directory.
---@param path string with hashed names: openssl-rehash(1)
---@return boolean? ok true
---@return string? err why it failed
function config:set_ca_path(path) end

---Sets the certificate.
---@param cert string PEM: the certificate, and behind it those of its issuers
---@return boolean? ok true
---@return string? err why it failed
function config:set_cert(cert) end

---Sets the certificate.
---@param path string of such a file
---@return boolean? ok true
---@return string? err why it failed
function config:set_cert_file(path) end

---Sets the private key.
---@param key string PEM
---@param passphrase? string of the key, if it is encrypted
---@return boolean? ok true
---@return string? err why it failed
function config:set_key(key, passphrase) end

---Sets the private key.
---@param path string of such a file
---@param passphrase? string of the key, if it is encrypted
---@return boolean? ok true
---@return string? err why it failed
function config:set_key_file(path, passphrase) end

---Sets the certificate and its key.
---
---The key must belong to the certificate.
---@param cert string PEM: the certificate, and behind it those of its issuers
---@param key string PEM
---@param staple? string an OCSP response, DER
---@param passphrase? string of the key, if it is encrypted
---@return boolean? ok true
---@return string? err why it failed
function config:set_keypair(cert, key, staple, passphrase) end

---Sets the certificate and its key.
---
---The key must belong to the certificate.
---@param cert string the path of such a file
---@param key string the path of such a file
---@param staple? string the path of such a file
---@param passphrase? string of the key, if it is encrypted
---@return boolean? ok true
---@return string? err why it failed
function config:set_keypair_file(cert, key, staple, passphrase) end

---Adds another keypair of a server.
---
---A server takes the keypairs whose certificate is for the name that a client asks for (SNI); of several the kind that both prefer. Without a name, or for another, it takes the first.
---@param cert string PEM: the certificate, and behind it those of its issuers
---@param key string PEM
---@param staple? string an OCSP response, DER
---@param passphrase? string of the key, if it is encrypted
---@return boolean? ok true
---@return string? err why it failed
function config:add_keypair(cert, key, staple, passphrase) end

---Adds another keypair of a server.
---
---A server takes the keypairs whose certificate is for the name that a client asks for (SNI); of several the kind that both prefer. Without a name, or for another, it takes the first.
---@param cert string the path of such a file
---@param key string the path of such a file
---@param staple? string the path of such a file
---@param passphrase? string of the key, if it is encrypted
---@return boolean? ok true
---@return string? err why it failed
function config:add_keypair_file(cert, key, staple, passphrase) end

---Forgets all keys, also those of tickets. Servers and clients that were made before keep them.
---@return boolean? ok true
---@return string? err why it failed
function config:clear_keys() end

---Refuses what these lists revoke.
---
---From then on a chain is refused if one of its authorities has no list in there that is good now.
---@param pem string the lists of all authorities of the chain
---@return boolean? ok true
---@return string? err why it failed
function config:set_crl(pem) end

---Refuses what these lists revoke.
---@param path string of such a file
---@return boolean? ok true
---@return string? err why it failed
function config:set_crl_file(path) end

---Sets the OCSP response that a server sends with its certificate.
---@param der string DER
---@return boolean? ok true
---@return string? err why it failed
function config:set_ocsp_staple(der) end

---Sets that response.
---@param path string of such a file
---@return boolean? ok true
---@return string? err why it failed
function config:set_ocsp_staple_file(path) end

---Refuses servers that send no good OCSP response. A bad one is refused always.
---@return boolean? ok true
---@return string? err why it failed
function config:ocsp_require_stapling() end

---Sets the versions of the protocol.
---
---TLS 1.2 and 1.3 unless it is asked for others. Those before 1.2 are broken, and need `set_ciphers` too.
---@param protocols integer|string bits, or a list as of `parse_protocols`
---@return boolean? ok true
---@return string? err why it failed
function config:set_protocols(protocols) end

---Sets the ciphers.
---
---Names of suites alone leave the ciphers of TLS 1.2 as usual, and names of those alone the suites. None of them makes certificates acceptable that are too weak.
---@param names string 'secure' or 'default' (the usual), 'compat', 'legacy', 'insecure' or 'all'; or names of openssl-ciphers(1); those that begin with TLS_ are suites of TLS 1.3
---@return boolean? ok true
---@return string? err why it failed
function config:set_ciphers(names) end

---Takes the cipher that the client prefers.
---@return boolean? ok true
---@return string? err why it failed
function config:prefer_ciphers_client() end

---Takes the cipher that the server prefers: the usual.
---@return boolean? ok true
---@return string? err why it failed
function config:prefer_ciphers_server() end

---Sets the groups for the exchange of keys.
---@param names string such as 'X25519:P-256'; 'default'
---@return boolean? ok true
---@return string? err why it failed
function config:set_ecdhecurves(names) end

---Sets how a server exchanges keys without elliptic curves.
---@param name string 'none' (the usual), 'auto' or 'legacy'
---@return boolean? ok true
---@return string? err why it failed
function config:set_dheparams(name) end

---Sets the application protocols.
---
---A server that speaks none of those of a client refuses it (RFC 7301).
---@param names string such as 'h2,http/1.1', the best first
---@return boolean? ok true
---@return string? err why it failed
function config:set_alpn(names) end

---Lets sessions be resumed for so long.
---@param sec integer seconds; 0, the usual: none
---@return boolean? ok true
---@return string? err why it failed
function config:set_session_lifetime(sec) end

---Names the server whose sessions they are.
---
---Without it the certificate names it.
---@param id string 32 bytes at most
---@return boolean? ok true
---@return string? err why it failed
function config:set_session_id(id) end

---Adds a key for session tickets, which servers of several processes share.
---
---The last one encrypts; the three before it decrypt. Without any a server makes its own, and changes them. Where `set_session_lifetime` has set none it is two hours from then on.
---@param revision integer a number that no other key has (at least 0)
---@param key string 48 random bytes
---@return boolean? ok true
---@return string? err why it failed
function config:add_ticket_key(revision, key) end

---Keeps the session of a client in a file.
---@param fd? integer of a file that only this user can read; nil: none
---@return boolean? ok true
---@return string? err why it failed
function config:set_session_fd(fd) end

---Verifies the certificate, its name and its time: the usual.
---@return boolean? ok true
---@return string? err why it failed
function config:verify() end

---Requires a certificate of clients, of an authority of `set_ca`.
---@return boolean? ok true
---@return string? err why it failed
function config:verify_client() end

---Asks clients for such a certificate.
---@return boolean? ok true
---@return string? err why it failed
function config:verify_client_optional() end

---Limits the chain.
---@param depth integer how many authorities may be between the certificate and the root (6)
---@return boolean? ok true
---@return string? err why it failed
function config:set_verify_depth(depth) end

---Accepts certificates of anybody, for the right name: no protection against anybody in between. What stapled responses say does not count either.
---@return boolean? ok true
---@return string? err why it failed
function config:insecure_noverifycert() end

---Accepts certificates for any name: whoever has one can be in between.
---@return boolean? ok true
---@return string? err why it failed
function config:insecure_noverifyname() end

---Accepts certificates, and stapled responses, that have expired or are not yet valid.
---@return boolean? ok true
---@return string? err why it failed
function config:insecure_noverifytime() end

---Appends the secrets of connections to a file, for programs such as Wireshark.
---@param path string of a file that only this user can read (EPERM), which is made if there is none; no symbolic link (ELOOP)
---@return boolean? ok true
---@return string? err why it failed
function config:set_keylog_file(path) end

---Makes a configuration: TLS 1.2 and 1.3, and certificates are verified.
---
---What is set later is for clients and servers that are made then.
---@return net.tls.config config the configuration
function config.new() end
end

do
---@class net.tls.session
local session = {}

---Tells the version of the protocol, such as 'TLSv1.3'.
---@return string? value nil where there is nothing to tell
function session:conn_version() end

---Tells the cipher.
---@return string? value nil where there is nothing to tell
function session:conn_cipher() end

---Tells its bits.
---@return integer? value nil where there is nothing to tell
function session:conn_cipher_strength() end

---Tells the application protocol.
---@return string? value nil where there is nothing to tell
function session:conn_alpn_selected() end

---Tells the name that the client asked for.
---@return string? value nil where there is nothing to tell
function session:conn_servername() end

---Tells whether an earlier session was resumed.
---@return boolean? value nil where there is nothing to tell
function session:conn_session_resumed() end

---Gives the session for later connections to the same server: the option `resumption`.
---@return any? value nil where there is nothing to tell
function session:resumption() end

---Tells whether the peer has shown a certificate.
---@return boolean? value nil where there is nothing to tell
function session:peer_cert_provided() end

---Tells whose certificate it is.
---@return string? value nil where there is nothing to tell
function session:peer_cert_subject() end

---Tells who issued it.
---@return string? value nil where there is nothing to tell
function session:peer_cert_issuer() end

---Tells its digest: 'SHA256:' and hexadecimal digits.
---@return string? value nil where there is nothing to tell
function session:peer_cert_hash() end

---Tells from when on it is valid, in seconds since 1970.
---@return integer? value nil where there is nothing to tell
function session:peer_cert_notbefore() end

---Tells until when it is valid, in seconds since 1970.
---@return integer? value nil where there is nothing to tell
function session:peer_cert_notafter() end

---Gives it, and those that the peer sent with it, PEM.
---@return string? value nil where there is nothing to tell
function session:peer_cert_chain_pem() end

---Tells where its issuer answers OCSP requests.
---@return string? value nil where there is nothing to tell
function session:peer_ocsp_url() end

---Tells the status of the stapled response; 0: successful.
---@return integer? value nil where there is nothing to tell
function session:peer_ocsp_response_status() end

---Tells what it says: 0 good, 1 revoked, 2 unknown.
---@return integer? value nil where there is nothing to tell
function session:peer_ocsp_cert_status() end

---Tells why the certificate was revoked.
---@return integer? value nil where there is nothing to tell
function session:peer_ocsp_crl_reason() end

---Tells when, in seconds since 1970.
---@return integer? value nil where there is nothing to tell
function session:peer_ocsp_revocation_time() end

---Tells from when the response is, in seconds since 1970.
---@return integer? value nil where there is nothing to tell
function session:peer_ocsp_this_update() end

---Tells until when it is good, in seconds since 1970.
---@return integer? value nil where there is nothing to tell
function session:peer_ocsp_next_update() end

---Tells what came of the check: 'good', or what is wrong.
---@return string? value nil where there is nothing to tell
function session:peer_ocsp_result() end

---Tells whether the certificate of the peer is for this name.
---@param name string of a host, or an IP address
---@return boolean contains whether it is
function session:peer_cert_contains_name(name) end

---Derives bytes that only both ends of the connection know.
---@param label string for what they are
---@param size integer how many (1 to 8160)
---@param context? string what they depend on as well
---@return string? key the bytes
function session:export_key(label, size, context) end

---Gives what binds an authentication to this connection.
---@param type string 'tls-exporter' or 'tls-server-end-point'
---@return string? binding nil for other types
function session:channel_binding(type) end
end

do
---@class net.tls.context
local context = {}

---Begins a connection of a client over a descriptor.
---@param fd integer the descriptor, which stays the program's
---@param servername? string whom it speaks to: a host or an IP address
---@param resumption? any what `resumption` of an earlier one gave
---@return boolean? ok true
---@return string? err why it failed
function context:connect_socket(fd, servername, resumption) end

---Begins a connection that a server has accepted, over a descriptor.
---@param fd integer the descriptor, which stays the program's
---@return net.tls.context? context the context
---@return string? err why it failed
function context:accept_socket(fd) end

---Goes on with the handshake.
---
---No method blocks.
---@return boolean? ok true
---@return string? err why it failed
---@return boolean? again true if it would block
---@return string? want for what to wait then: 'read' or 'write'
function context:handshake() end

---Reads what there is.
---@param size? integer at most so many bytes (at least 0)
---@return string? str the bytes; all results are nil at the end
---@return string? err why it failed
---@return boolean? again true if it would block
---@return string? want for what to wait then: 'read' or 'write'
function context:read(size) end

---Writes.
---@param str string the bytes
---@param sent? integer how many of them went before (at least 0)
---@return integer? n how many went
---@return string? err why it failed
---@return boolean? again true if it would block
---@return string? want for what to wait then: 'read' or 'write'
function context:write(str, sent) end

---Says to the peer that nothing more comes.
---@return boolean? ok true
---@return string? err why it failed
---@return boolean? again true if it would block
---@return string? want for what to wait then: 'read' or 'write'
function context:close() end
end

do
---@class net.loop_module
---@field signals table the numbers of this system's signals by name, such as `signals.SIGTERM`; for `sigwait`
local loop = {}

---Runs a function as a task, and the loop until all tasks have ended.
---
---Raises an error inside of a task, and when all tasks wait for each other so that none can ever go on. These are still there then: `dump` lists them, and they can be cancelled or resumed.
---@param fn function what to call
---@param ... any what it is called with
---@return boolean ok `true`, or `false` if the function raised an error
---@return any ... what the function returned, or its error
function loop.run(fn, ...) end

---Makes a task.
---
---Can be called before `run`, too: the task begins then.
---@param fn function what to call
---@param ... any what it is called with
---@return net.loop.task task the task, which begins when its turn comes
function loop.spawn(fn, ...) end

---Makes a group of tasks.
---@return net.loop.group group the group, which is empty
function loop.group() end

---Tells which task calls.
---@return net.loop.task? task the task; nil outside of tasks
function loop.running() end

---Ends the task that calls.
---
---It does not return: the task ends, from whatever `pcall` or coroutine it calls this in. Where it could not wait it cannot exit either, and this raises an error: below a C function such as `table.sort`, and on plain Lua 5.1 in Lua's own `pcall`, which catches the error. `net.pcall` does not.
---@param ... any its results
function loop.exit(...) end

---Sets the function that is told of every error that ends a task.
---
---The first one writes the traceback to standard error. The hook runs outside of tasks, so it cannot wait, but it can `spawn`. It is told even if somebody joins the task, but not of cancelled tasks.
---@param hook? function called with the error, a traceback and the task; nil for the one that there is at first
---@return function hook the one before; without an argument nothing changes
function loop.onerror(hook) end

---Tells the time of the clock of all deadlines.
---@return number time seconds since some moment before the program began
function loop.now() end

---Waits for a time.
---
---In whole milliseconds, rounded up. `sleep(0)` lets the others run, as `later` does.
---@param sec number how long, in seconds (at least 0)
---@return boolean? ok `true` when the time is over
---@return string? err always nil
---@return boolean? timeout `true` if a `timeout` around it came first
function loop.sleep(sec) end

---Waits for a signal. From the first call on the signals are held: one that comes while nobody waits for it is kept for the next call.
---
---When `run` has returned, or `step` has given 0, signals are as they were before; one that came and was not taken has its usual effect then. A name or number that this system does not have is an argument error, and so are SIGKILL and SIGSTOP. Of several tasks that wait for one signal, the one that has waited longest gets it. Signals go to the thread of the loop; programs that it starts meanwhile inherit that they are blocked.
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param signal integer|string a signal: its number, as in `loop.signals.SIGTERM`, or its name, as in `'SIGTERM'`
---@param ... any more of them
---@return integer? signal the number of the signal that came
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.sigwait(sec, signal, ...) end

---Lets all other tasks that are ready run first.
---@return boolean ok always `true`, also when a `timeout` around it is over
function loop.later() end

---Waits until another task calls `resume`.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return any ... the values given to `resume`; `nil, true` if the time was over
function loop.suspend(sec) end

---Ends the `suspend` that a task is in: `task:resume(...)`.
---@param task net.loop.task the task
---@param ... any what its `suspend` returns after `true`
---@return boolean ok `true`, or `false` if it was not suspended
function loop.resume(task, ...) end

---Calls a function all of whose waits are over when the time is.
---
---Its errors pass. Of several around each other, and the time of the wait itself, the nearest counts. Tasks that are spawned inside are not concerned.
---@param sec number how long, in seconds (at least 0)
---@param fn function what to call
---@param ... any what it is called with
---@return any ... what the function returned
function loop.timeout(sec, fn, ...) end

---`coroutine.resume`, through which waits pass inside of a task.
---
---In place of Lua's own while `run` or `step` runs.
---@param co thread the coroutine
---@param ... any what the coroutine is resumed with
---@return boolean ok `true`, or `false` and the error
---@return any ... what the coroutine yielded or returned
function loop.coresume(co, ...) end

---`coroutine.wrap`, with that.
---
---In place of Lua's own while `run` or `step` runs.
---@param fn function what the coroutine runs
---@return function resume resumes the coroutine; raises its errors
function loop.cowrap(fn) end

---Waits until a descriptor can be read, or has failed.
---
---It may be told of something that is gone by then, so use descriptors that do not block. A file is always ready.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.readable(fd, sec) end

---Waits until a descriptor can be written, or has failed.
---
---It may be told of something that is gone by then, so use descriptors that do not block. A file is always ready.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.writable(fd, sec) end

---Ends all waits for a descriptor with ECANCELED.
---
---Those for its locks as well. Call it before you close a descriptor that is no socket of llsocket.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.unwait(fd) end

---Ends all waits for a descriptor with ECANCELED.
---
---For a descriptor that is about to be closed: like `unwait`, but its locks end, too.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.forget(fd) end

---Ends the wait to read for a descriptor with ECANCELED.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.unwait_readable(fd) end

---Ends the wait to write for a descriptor with ECANCELED.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean ok `true` if somebody waited
function loop.unwait_writable(fd) end

---Waits until the task that calls is the one that reads. Who asked first is first.
---
---The lock is kept until it is given back or the task ends. It binds only those who ask for it. EDEADLK: the task has it already.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.read_lock(fd, sec) end

---Waits until the task that calls is the one that writes. Who asked first is first.
---
---The lock is kept until it is given back or the task ends. It binds only those who ask for it. EDEADLK: the task has it already.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.write_lock(fd, sec) end

---Gives the lock of `read_lock` to whoever has waited longest.
---
---EPERM: the task does not have it.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function loop.read_unlock(fd) end

---Gives the lock of `write_lock` to whoever has waited longest.
---
---EPERM: the task does not have it.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function loop.write_unlock(fd) end

---Receives bytes, or one message, as soon as there are any.
---
---When the peer closed a stream it gives nil alone. A datagram without bytes is an empty string.
---@param sock llsocket.socket the socket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.recv(sock, sec, bufsize, ...) end

---Sends bytes, all of them, or one message.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param msg string the bytes to send
---@param ... integer MSG_* constants
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.send(sock, sec, msg, ...) end

---Receives one message and the address of its sender.
---
---When the peer closed a stream it gives nil alone. A datagram without bytes is an empty string.
---@param sock llsocket.socket the socket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return llsocket.addrinfo|string? ai the sender, nil where the protocol tells none; without a message, why it failed
---@return boolean? timeout `true` if the time was over
function loop.recvfrom(sock, sec, bufsize, ...) end

---Sends one message to an address.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param msg string the bytes to send
---@param ai llsocket.addrinfo the address
---@param ... integer MSG_* constants
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.sendto(sock, sec, msg, ai, ...) end

---Sends part of a file, all of it or up to its end, without copying it through the program.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before. The position of the file stays where it is. The socket must not block.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param fd integer|file* a descriptor or an open Lua file; output that the file still holds is written first
---@param bytes integer how many bytes to send (at least 0)
---@param offset? integer where in the file to begin (at least 0)
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.sendfile(sock, sec, fd, bytes, offset) end

---Receives a message into the buffers of a msghdr, with its sender and control messages.
---
---When the peer closed a stream it gives nil alone. `mh:flags()` tells whether the message was cut.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param mh llsocket.msghdr where everything goes
---@param ... integer MSG_* constants
---@return integer? len bytes that arrived
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.recvmsg(sock, sec, mh, ...) end

---Sends the bytes of a msghdr, all of them, or one message, with its control messages.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before. The control messages go with the first byte; if that went, and not all others, they are taken out of the msghdr. Its buffers stay as they are.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param mh llsocket.msghdr what to send
---@param ... integer MSG_* constants
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.sendmsg(sock, sec, mh, ...) end

---Sends the bytes of an iovec, all of them.
---
---When the peer is gone (EPIPE, ECONNRESET) it gives nil alone, whatever went before. The socket must not block.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param iov llsocket.iovec what to send; it stays as it is
---@return integer? len bytes sent: all of them, or what went until it failed or the time was over
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.writev(sock, sec, iov) end

---Accepts the next connection.
---
---The socket must not block. A connection that failed before it is accepted is left out, and the next one awaited: ECONNABORTED, EPROTO, ENETDOWN, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH and ENETUNREACH, as accept(2) says.
---@param sock llsocket.socket the socket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return llsocket.socket? sock the connection, which does not block
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.accept(sock, sec) end

---Connects to an address, until the connection is made.
---
---The socket must not block. When the time is over the connection may still be made: close the socket.
---@param sock llsocket.socket the socket
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param ai llsocket.addrinfo the address
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.connect(sock, sec, ai) end

---Moves bytes from one stream socket to another, until the stream ends or so many have gone.
---
---It cannot be taken up again: up to 64 KiB may be on their way, taken from `from` and not yet gone to `to`. They are lost when the time is over (`n, nil, true`), when it is cancelled and when it fails, so close both sockets then. A `size` of 0 gives 0 at once. Neither socket may block. A datagram socket has no end of the stream: without `size` it goes on until the time is over. On Linux the bytes do not leave the kernel.
---@param from llsocket.socket the socket that they come from
---@param sec number? how long at most, in seconds; for ever if nil (at least 0)
---@param to llsocket.socket the socket that they go to
---@param size? integer how many bytes at most; all of them if nil (at least 0)
---@return integer? len bytes that went to `to`: all up to the end of the stream, `size`, or what went until the time was over or it failed
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.relay(from, sec, to, size) end

---Looks up the addresses of a host and a service.
---
---An address in figures is there at once. A name is looked up on a thread beside the loop, of which there are 64 at most: more look-ups wait for one. When the time is over, or the task is cancelled, the answer is thrown away. One that had to wait is not begun then; one that was begun cannot be stopped, and keeps its thread until the resolver gives up.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@param host? string a name or an address; without it this machine, or with AI_PASSIVE the wildcard address
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param family? integer AF_INET, AF_INET6 or AF_UNSPEC for both
---@param socktype? integer a SOCK_* constant; 0 for every kind
---@param protocol? integer an IPPROTO_* constant
---@param ... integer AI_* constants
---@return llsocket.addrinfo[]? list addrinfo objects, the best first
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function loop.getaddrinfo(sec, host, port, family, socktype, protocol, ...) end

---Counts since the loop was made. In a child process `spawned`, `resumed` and `longest_step` go on from those of the parent.
---@return { tasks: integer, spawned: integer, resumed: integer, timers: integer, started: integer, at_once: integer, wakeups: integer, events: integer, timeouts: integer, cancelled: integer, kernel_tls: integer, has_kernel_tls: boolean, longest_step: number, waits: table } stats a new table
function loop.stats() end

---Lists the tasks that wait, for whoever looks for one that hangs. Tasks that are ready to run, also in `later`, are not in it.
---@return { task: net.loop.task, id: integer, what: string, fd: integer?, since: number, deadline: number?, traceback: string }[] rows a list, which `tostring` makes a readable text, with a table for each task
function loop.dump() end

---Tells how the loop learns of events.
---@return string name `epoll` or `poll`
function loop.backend() end

---Tells whether the caller is inside of a task, as an adapter of `net.poller` does.
---@return boolean ok `true` inside of a task
function loop.pollable() end

---Tells which task calls, as `running` does; for an adapter of `net.poller`.
---@return net.loop.task? task the task; nil outside of tasks
function loop.current() end

---Gives the descriptor that is readable when `step` has something to do.
---
---Only epoll has one. Watch it in the host, and call `step` when it is readable and when the time of `loop:timeout()` is over.
---@return integer? fd the descriptor, which stays the loop's
---@return string? err why it failed
function loop:fd() end

---Tells when `step` has something to do at the latest.
---@return number? sec in so many seconds; nil if only an event can tell
function loop:timeout() end

---Runs tasks that are ready, waits for events, and goes on with the tasks that they concern.
---
---For hosts, instead of `run`. Raises an error inside of a task.
---@param sec? number how long to wait for events at most, in seconds; not at all if a task is ready (at least 0)
---@return integer count how many tasks are left
function loop:step(sec) end
end

do
---@class net.loop.task
local task = {}

---Waits for the end of the task.
---
---Any number of tasks can join one, at any time: the results stay. Of a task that has ended they can be had outside of tasks, too. A task that joins itself is an argument error.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` when it returned, `false` if it failed or was cancelled
---@return any ... what it returned, or its error; `nil, true` if the time was over
function task:join(sec) end

---Raises an error in the task, at the wait that it is in or at its next one.
---
---The error is the string `[ECANCELED:125][cancel] Operation canceled`, and `onerror` is not told of it. A task that has not begun ends without running.
---@return boolean ok `true`, or `false` if it has ended
function task:cancel() end

---Tells its state.
---@return string status `ready` to run, `running`, `waiting`, `done`, `failed` by an error, or `cancelled`
function task:status() end

---Ends the `suspend` that the task is in.
---
---The task goes on when its turn comes. Can be called outside of tasks, too.
---@param ... any what its `suspend` returns after `true`
---@return boolean ok `true`, or `false` if it was not suspended: then nothing happens
function task:resume(...) end

---Tells its number, which no other task of this Lua state has.
---@return integer id the number, from 1
function task:id() end
end

do
---@class net.loop.group
local group = {}

---Makes a task, as `loop.spawn` does, that belongs to the group until it is collected.
---@param fn function what to call
---@param ... any what it is called with
---@return net.loop.task task the task
function group:spawn(fn, ...) end

---Collects the next task that ends, or the one that ended first of those not collected yet.
---
---One task at a time can await a group; for a second one it raises an error.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return net.loop.task? task the task; nil alone when none is left
---@return boolean? ok `true` when it returned, `false` if it failed or was cancelled
---@return any ... what it returned, or its error; `nil, nil, true` if the time was over
function group:await(sec) end

---Cancels all its tasks that have not ended. They are still to be collected.
function group:cancel() end

---Counts its tasks that were not collected.
---@return integer count the number
function group:size() end
end

do
---@class net.poller_module
local poller = {}

---Sets what waits outside of `net.loop` go to.
---
---An adapter that lacks a function is an argument error. One without locks gets them, and `forget`, in its own table. One with locks is left as it is, with or without `forget`.
---@param adapter? net.poller.adapter the other loop; nil for none
---@return net.poller.adapter? adapter what was used before
function poller.use(adapter) end

---Tells what the coroutine that calls waits with.
---@return net.poller.adapter? adapter `net.loop` in a task of it; elsewhere what is used, if it runs this coroutine; nil: it has to block
function poller.current() end
end

do
---@class net.poller.adapter
---@field name string? what it is called: `cqueues`, `copas` or `luv`
local adapter = {}

---Tells whether the coroutine that calls may wait.
---@return boolean ok `true` if this loop runs it
function adapter.pollable() end

---Waits until a descriptor can be read, or has failed.
---
---EINVAL: Copas, whose select(2) takes no descriptor from 1,024 on. EEXIST: luv, where somebody else has a poll handle for the descriptor.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.readable(fd, sec) end

---Waits until a descriptor can be written, or has failed.
---
---EINVAL: Copas, whose select(2) takes no descriptor from 1,024 on. EEXIST: luv, where somebody else has a poll handle for the descriptor.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.writable(fd, sec) end

---Ends all waits for a descriptor with ECANCELED. Call it before you close the descriptor if there is no `forget`.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean ok `true` if somebody waited
function adapter.unwait(fd) end

---Waits for a time.
---@param sec number how long, in seconds (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.sleep(sec) end

---Tells which coroutine calls.
---@return any handle something that `resume` takes; nil if this loop does not run it
function adapter.current() end

---Waits until somebody calls `resume`.
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.suspend(sec) end

---Ends a `suspend`.
---@param handle any what `current` gave in that coroutine
---@return boolean ok `true`, or `false` if it was not suspended
function adapter.resume(handle) end

---Waits until the caller is the one that reads. Who asked first is first.
---
---Optional. Of the locks that `poller.use` adds: a coroutine that ends, or dies of an error, without giving its lock back has it until `forget`, since no other loop tells of its end. `net.loop` takes it back.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.read_lock(fd, sec) end

---Waits until the caller is the one that writes. Who asked first is first.
---
---Optional. Of the locks that `poller.use` adds: a coroutine that ends, or dies of an error, without giving its lock back has it until `forget`, since no other loop tells of its end. `net.loop` takes it back.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@param sec? number how long at most, in seconds; for ever if nil (at least 0)
---@return boolean? ok `true` on success
---@return string? err why it failed
---@return boolean? timeout `true` if the time was over
function adapter.write_lock(fd, sec) end

---Gives the lock to whoever has waited longest.
---
---Optional.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function adapter.read_unlock(fd) end

---Gives the lock to whoever has waited longest.
---
---Optional.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean? ok `true` on success
---@return string? err why it failed
function adapter.write_unlock(fd) end

---Does what `unwait` does, and nobody has the locks of the descriptor any more. Call it before you close the descriptor.
---
---Optional. `net.loop` has it, and so has an adapter that got its locks from `poller.use`. One with locks of its own has it only if it brings it.
---@param fd integer|llsocket.socket a descriptor, or a socket: of net, or of any generation of llsocket
---@return boolean ok `true` if somebody waited
function adapter.forget(fd) end
end

---@class net: llsocket.constants
---@field Socket net.Socket what all sockets have
---@field MsgHdr net.MsgHdr messages of several parts; `net.msghdr.new` makes them, too
---@field msghdr table a table with the function `new` of `net.MsgHdr`
---@field stream net.stream_module connections: TCP and unix streams
---@field dgram net.dgram_module datagrams: UDP and unix datagrams
---@field unix net.unix_module what unix sockets have beside others
---@field tls net.tls_module TLS: configurations for clients and servers
---@field loop net.loop_module tasks, and all that they can wait for
---@field addrinfo llsocket.addrinfo_module addresses: the module of llsocket
---@field cmsghdr llsocket.cmsghdr_module control messages: the module of llsocket
---@field CmsgHdr llsocket.cmsghdr_module the same
---@field cmsghdrs llsocket.cmsghdrs_module queues of them: the module of llsocket
local net = {}

---Makes a class, such as one of sockets with methods of your own.
---
---`class.new(...)` makes an instance: what `class:construct(...)` returns, which a class can have of its own. It gives the instance, or nil and what is wrong.
---@param name string what `tostring` of its instances shows
---@param ... any the classes from which it has what it does not have itself; the first goes before the second
---@return table class the class, a plain table
function net.class(name, ...) end

---Ends one or both directions of a connection, by the number of its descriptor.
---@param fd integer the number of the descriptor
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return string? err why it failed; nil on success
function net.shutdown(fd, flag) end

---Closes a descriptor, by its number, such as one of `acceptfd` or `recvfd`.
---
---It is closed even when the shutdown fails. A socket is closed by `sock:close()`.
---@param fd integer the number of the descriptor
---@param flag? integer the directions to end before: SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return string? err why it failed; nil on success
function net.close(fd, flag) end

---Calls a function in protected mode.
---
---Lua's own, except on plain Lua 5.1. There the function runs in a coroutine, so that waits pass through.
---@param fn function what to call
---@param ... any what it is called with
---@return boolean ok `true`, or `false` if the function raised an error
---@return any ... what the function returned, or the error
function net.pcall(fn, ...) end

---Calls a function in protected mode, with a handler for its error.
---
---Lua's own, except on plain Lua 5.1. There the handler runs when the function has ended, so it finds nothing of it on the stack; `debug.traceback` as the handler tells the place of the error nevertheless.
---@param fn function what to call
---@param handler function called with the error; what it returns is the second result
---@param ... any what the function is called with; plain Lua 5.1 has this only here
---@return boolean ok `true`, or `false` if the function raised an error
---@return any ... what the function returned, or what the handler did
function net.xpcall(fn, handler, ...) end

return net
