-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket.v1

do
---@class llsocket.v1.inet_module
local inet = {}

---Makes a socket that is bound to an address.
---
---The addresses of the host are tried in turn. A look-up that fails answers with the errno that says it best: EAI_NONAME is ENXIO, EAI_AGAIN is EAGAIN.
---@param host? string a name or an address; without it the wildcard address
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param socktype? integer a SOCK_* constant
---@param nonblock? boolean whether calls that would block return at once instead
---@param reuseaddr? boolean whether to set SO_REUSEADDR first
---@return integer? fd the descriptor, which the program must close
---@return integer? errno why it failed: an errno number
function inet.bind(host, port, socktype, nonblock, reuseaddr) end

---Makes a socket that is connected to an address.
---
---With `nonblock`, a connection that is still being made is no error; `error` tells what became of it. The addresses of the host are tried in turn. A look-up that fails answers with the errno that says it best: EAI_NONAME is ENXIO, EAI_AGAIN is EAGAIN.
---@param host? string a name or an address; without it this machine
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param socktype? integer a SOCK_* constant
---@param nonblock? boolean whether calls that would block return at once instead
---@param reuseaddr? boolean whether to set SO_REUSEADDR first
---@return integer? fd the descriptor, which the program must close
---@return integer? errno why it failed: an errno number
function inet.connect(host, port, socktype, nonblock, reuseaddr) end
end

do
---@class llsocket.v1.unix_module
local unix = {}

---Makes a unix socket that is bound to a path.
---@param path string a path; on Linux a string that begins with a NUL is an abstract name
---@param socktype? integer a SOCK_* constant
---@param nonblock? boolean whether calls that would block return at once instead
---@return integer? fd the descriptor, which the program must close
---@return integer? errno why it failed: an errno number
function unix.bind(path, socktype, nonblock) end

---Makes a unix socket that is connected to a path.
---
---With `nonblock`, a connection that is still being made is no error; `error` tells what became of it.
---@param path string a path; on Linux a string that begins with a NUL is an abstract name
---@param socktype? integer a SOCK_* constant
---@param nonblock? boolean whether calls that would block return at once instead
---@return integer? fd the descriptor, which the program must close
---@return integer? errno why it failed: an errno number
function unix.connect(path, socktype, nonblock) end
end

do
---@class llsocket.v1.opt_module: llsocket.constants
local opt = {}

---Reads or sets whether the descriptor is closed when the process runs another program.
---
---Every socket starts with it set.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new state; without it the state is only read
---@return boolean? enable the state now in force
---@return integer? errno why it failed: an errno number
function opt.cloexec(fd, enable) end

---Reads or sets whether calls that would block return at once instead.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new state; without it the state is only read
---@return boolean? enable the state now in force
---@return integer? errno why it failed: an errno number
function opt.nonblock(fd, enable) end

---Whether datagrams may be sent to a broadcast address.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return integer? errno why it failed: an errno number
function opt.broadcast(fd, enable) end

---Whether the kernel records debugging information.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return integer? errno why it failed: an errno number
function opt.debug(fd, enable) end

---Whether an idle connection is probed.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return integer? errno why it failed: an errno number
function opt.keepalive(fd, enable) end

---Whether urgent data is left in the stream.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return integer? errno why it failed: an errno number
function opt.oobinline(fd, enable) end

---Bytes of the receive buffer.
---
---Linux doubles the value that is set and limits it to net.core.rmem_max.
---@param fd integer the descriptor of the socket
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return integer? errno why it failed: an errno number
function opt.rcvbuf(fd, sz) end

---Bytes that must be there before a receive returns.
---@param fd integer the descriptor of the socket
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return integer? errno why it failed: an errno number
function opt.rcvlowat(fd, sz) end

---Seconds that a blocking receive waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds.
---@param fd integer the descriptor of the socket
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value now in force
---@return integer? errno why it failed: an errno number
function opt.rcvtimeo(fd, sec) end

---Whether bind may take an address that old connections still use.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return integer? errno why it failed: an errno number
function opt.reuseaddr(fd, enable) end

---Bytes of the send buffer.
---
---Linux doubles the value that is set and limits it to net.core.wmem_max.
---@param fd integer the descriptor of the socket
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return integer? errno why it failed: an errno number
function opt.sndbuf(fd, sz) end

---Bytes that must fit before the socket counts as writable.
---
---Linux always reads 1.
---@param fd integer the descriptor of the socket
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value now in force
---@return integer? errno why it failed: an errno number
function opt.sndlowat(fd, sz) end

---Seconds that a blocking send waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds.
---@param fd integer the descriptor of the socket
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value now in force
---@return integer? errno why it failed: an errno number
function opt.sndtimeo(fd, sec) end

---Whether datagrams arrive with their time in microseconds (SCM_TIMESTAMP).
---@param fd integer the descriptor of the socket
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return integer? errno why it failed: an errno number
function opt.timestamp(fd, enable) end

---Whether small segments are sent at once.
---@param fd integer the descriptor of the socket
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value now in force
---@return integer? errno why it failed: an errno number
function opt.nodelay(fd, enable) end
end

do
---@class llsocket.v1.addr
local addr = {}

---Tells the family.
---@return integer family an AF_* constant
function addr:family() end

---Tells the kind of socket that it is for.
---@return integer socktype a SOCK_* constant
function addr:socktype() end

---Tells the protocol.
---@return integer protocol an IPPROTO_* constant
function addr:protocol() end

---Tells the official name of the host, if AI_CANONNAME asked for it.
---@return string? name the name; in a list, of the first address only
function addr:canonname() end

---Tells the port.
---@return integer? port the port; nil where a family has none
function addr:port() end

---Tells the address.
---@return string? addr IP address with its scope, unix path or abstract name; nil for an unnamed unix socket; the bytes behind `sa_family` for other families
function addr:addr() end

---Looks up the names of host and service.
---
---It waits for the name server, unless NI_NUMERICHOST is set.
---@param ... integer NI_* constants
---@return { host: string, service: string, serv: string }? names fields `host` and `serv`; `service` is a newer name of `serv`
---@return integer? errno why it failed: an errno number
function addr:getnameinfo(...) end
end

---@class llsocket.v1: llsocket.constants
---@field inet llsocket.v1.inet_module IPv4 and IPv6 sockets
---@field unix llsocket.v1.unix_module unix sockets
---@field opt llsocket.v1.opt_module options, and every constant
local llsocket = {}

---Tells the type.
---@param fd integer the descriptor of the socket
---@return integer? socktype a SOCK_* constant
---@return integer? errno why it failed: an errno number
function llsocket.type(fd) end

---Ends one or both directions of a connection.
---@param fd integer the descriptor of the socket
---@param flag integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return integer? errno why it failed: an errno number
function llsocket.shutdown(fd, flag) end

---Closes a descriptor, after a shutdown if a direction is given.
---
---It is closed even when the shutdown fails; the error of the shutdown is then the one reported.
---@param fd integer the descriptor of the socket
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return integer? errno why it failed: an errno number
function llsocket.close(fd, flag) end

---Waits for connections, which `accept` then takes.
---@param fd integer the descriptor of the socket
---@param backlog? integer how many connections may wait to be accepted
---@return integer? errno why it failed: an errno number
function llsocket.listen(fd, backlog) end

---Takes the next connection. It blocks, even if the listener does not.
---@param fd integer the descriptor of the socket
---@return integer? fd the descriptor, which the program must close
---@return integer? errno why it failed: an errno number
function llsocket.accept(fd) end

---Takes the next connection. It has the non-blocking state of the listener.
---@param fd integer the descriptor of the socket
---@return integer? fd the descriptor, which the program must close
---@return integer? errno why it failed: an errno number
function llsocket.acceptInherits(fd) end

---Tells whether the next byte of the stream is at the mark of urgent data.
---
---ENOTTY for a socket without urgent data, such as UDP.
---@param fd integer the descriptor of the socket
---@return boolean? bool whether it is
---@return integer? errno why it failed: an errno number
function llsocket.atmark(fd) end

---Tells the address of the socket.
---@param fd integer the descriptor of the socket
---@return llsocket.v1.addr? addr the address
---@return integer? errno why it failed: an errno number
function llsocket.sockname(fd) end

---Tells the address of the peer.
---@param fd integer the descriptor of the socket
---@return llsocket.v1.addr? addr the address
---@return integer? errno why it failed: an errno number
function llsocket.peername(fd) end

---Takes the pending error of the socket, such as the result of a connection attempt.
---@param fd integer the descriptor of the socket
---@return integer? soerr the errno number; 0 if none is pending
---@return integer? errno why it failed: an errno number
function llsocket.error(fd) end

---Sends bytes, or one message, to the peer.
---
---No call raises SIGPIPE: a peer that is gone is EPIPE or ECONNRESET. An empty string sends nothing on a stream and an empty message elsewhere.
---@param fd integer the descriptor of the socket
---@param msg string the bytes to send
---@param ... integer MSG_* constants
---@return integer? len bytes sent
---@return integer? errno why it failed: an errno number
---@return boolean? again `true` for EAGAIN and EWOULDBLOCK: try again
function llsocket.send(fd, msg, ...) end

---Sends one message to an address.
---@param fd integer the descriptor of the socket
---@param msg string the bytes to send
---@param addr? llsocket.v1.addr the receiver; without it the call is `send`
---@param ... integer MSG_* constants
---@return integer? len bytes sent
---@return integer? errno why it failed: an errno number
---@return boolean? again `true` for EAGAIN and EWOULDBLOCK: try again
function llsocket.sendto(fd, msg, addr, ...) end

---Receives bytes, or one message.
---
---When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.
---@param fd integer the descriptor of the socket
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return integer? errno why it failed: an errno number
---@return boolean? again `true` for EAGAIN and EWOULDBLOCK: try again
function llsocket.recv(fd, bufsize, ...) end

---Receives one message and the address of its sender.
---
---When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.
---@param fd integer the descriptor of the socket
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return llsocket.v1.addr? addr the sender; nil where the protocol tells none
---@return integer? errno why it failed: an errno number
---@return boolean? again `true` for EAGAIN and EWOULDBLOCK: try again
function llsocket.recvfrom(fd, bufsize, ...) end

return llsocket
