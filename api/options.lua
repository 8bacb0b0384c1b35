-- SPDX-License-Identifier: MIT
-- Every socket option that has a method, one row each.
--
-- A row has
--   method    its name; without an argument it reads, with one it sets and answers with the value before
--   since     the generation whose document names it first; 4 if not given. generation1 is its name there, if another
--   kind      what a value is:
--               boolean    true or false, an int in the kernel
--               integer    an int
--               seconds    a number, struct timeval in the kernel; the fraction is kept
--               linger     seconds as an integer, struct linger; negative is off, and off reads -1
--               interface  name of a network interface; unset reads nil
--               bytes      a string without a NUL
--   access    'rw', or 'r' for an option that can only be read: an argument is an argument error
--   level, constant    the option where IPv4, IPv6 and unix sockets share it
--   inet, inet6        { level =, constant = } where the two differ; false where one has no such option
--               A constant may be a list: the first that the platform defines is used. Where none is defined the method
--               still exists and answers ENOTSUP.
--   min, max  smallest and largest number, or length of a string; not given for boolean. What is outside is an argument
--             error, what the kernel dislikes within them is the kernel's error.
--   arg       name of the argument and of the result, which tells the unit: enable, sec, msec, sz, cnt ...
--   sockets   on which kinds the option works: tcp, udp, unix (stream, datagram and seqpacket), tcp6 and udp6 (IPv6
--             only). On others the kernel's answer stands.
--   needs     'connected' if it can be read on a connected socket only
--   sample    a value that differs from the default of a new socket and, set on one, reads back the same
--   readback  'doubled' if the kernel reports twice the value that was set
--   refuses   { system = error } where setting always fails with this error
--   privileged  true if setting may fail with EPERM or EACCES without a privilege
--   says      what it is for, one sentence; note adds what surprises; source names the manual page or RFC

local int_max = 2147483647
local int_min = -2147483648

local every = { 'tcp', 'udp', 'unix' }
local ip = { 'tcp', 'udp' }
local tcp = { 'tcp' }
local udp = { 'udp' }

-- Rows by level: what the rows of one level share is filled in here.
local function at(level, constant, row)
  row.level, row.constant = level, constant
  row.access = row.access or 'rw'
  return row
end

local function socket_level(constant, row)
  row.source = row.source or 'socket(7)'
  return at('SOL_SOCKET', constant, row)
end

local function tcp_level(constant, row)
  row.source = row.source or 'tcp(7)'
  row.sockets = tcp
  return at('IPPROTO_TCP', constant, row)
end

local function udp_level(constant, row)
  row.source = row.source or 'udp(7)'
  row.sockets = udp
  return at('IPPROTO_UDP', constant, row)
end

local function ip_level(inet, inet6, row)
  row.source = row.source or 'ip(7), ipv6(7)'
  row.inet = inet and { level = 'IPPROTO_IP', constant = inet }
  row.inet6 = inet6 and { level = 'IPPROTO_IPV6', constant = inet6 }
  row.access = row.access or 'rw'
  return row
end

return {
  -- The socket level, sorted by constant.
  socket_level('SO_ACCEPTCONN', {
    method = 'acceptconn', since = 2, kind = 'boolean', access = 'r', arg = 'enabled', sockets = every,
    says = 'Whether the socket listens for connections.',
  }),
  socket_level('SO_BINDTODEVICE', {
    method = 'bindtodevice', kind = 'bytes', arg = 'ifname', min = 0, max = 15, sockets = ip,
    sample = 'lo', privileged = true,
    says = 'The only network interface that the socket uses.',
    note = "'' lifts the restriction, which takes a privilege.",
  }),
  socket_level('SO_BROADCAST', {
    method = 'broadcast', since = 1, kind = 'boolean', arg = 'enable', sockets = udp, sample = true,
    says = 'Whether datagrams may be sent to a broadcast address.',
  }),
  socket_level('SO_BUSY_POLL', {
    method = 'busypoll', kind = 'integer', arg = 'usec', min = 0, max = int_max, sockets = ip,
    sample = 50, privileged = true,
    says = 'Microseconds that a blocking receive polls the device before it sleeps.',
  }),
  socket_level('SO_DEBUG', {
    method = 'debug', since = 1, kind = 'boolean', arg = 'enable', sockets = every, sample = true, privileged = true,
    says = 'Whether the kernel records debugging information.',
  }),
  socket_level('SO_DONTROUTE', {
    method = 'dontroute', since = 2, kind = 'boolean', arg = 'enable', sockets = ip, sample = true,
    says = 'Whether to send to directly connected hosts only, without a gateway.',
  }),
  socket_level('SO_INCOMING_CPU', {
    method = 'incomingcpu', kind = 'integer', arg = 'cpu', min = -1, max = int_max, sockets = ip, sample = 0,
    says = 'The processor that handles what the socket receives; -1 if none is known.',
  }),
  socket_level('SO_KEEPALIVE', {
    method = 'keepalive', since = 1, kind = 'boolean', arg = 'enable', sockets = tcp, sample = true,
    says = 'Whether an idle connection is probed.',
  }),
  socket_level('SO_LINGER', {
    method = 'linger', since = 3, kind = 'linger', arg = 'sec', min = int_min, max = int_max, sockets = every,
    sample = 5,
    says = 'Seconds that close waits until data is sent; a negative number turns it off, and off reads -1.',
    note = 'With 0, closing a TCP connection resets it.',
  }),
  socket_level('SO_MARK', {
    method = 'mark', kind = 'integer', arg = 'mark', min = int_min, max = int_max, sockets = every,
    sample = 7, privileged = true,
    says = 'The mark on what is sent, for routing and packet filters.',
    note = 'A mark above 2147483647 is given and read as the negative number with the same bits.',
  }),
  socket_level('SO_OOBINLINE', {
    method = 'oobinline', since = 1, kind = 'boolean', arg = 'enable', sockets = tcp, sample = true,
    says = 'Whether urgent data is left in the stream.',
  }),
  socket_level('SO_PASSCRED', {
    method = 'passcred', kind = 'boolean', arg = 'enable', sockets = { 'unix' }, sample = true, source = 'unix(7)',
    says = 'Whether messages arrive with the credentials of the sender (SCM_CREDENTIALS).',
  }),
  socket_level('SO_PEEK_OFF', {
    method = 'peekoff', kind = 'integer', arg = 'offset', min = -1, max = int_max, sockets = { 'udp', 'unix' },
    sample = 10,
    says = 'Where the next receive with MSG_PEEK begins; -1 turns it off.',
  }),
  socket_level('SO_PRIORITY', {
    method = 'priority', kind = 'integer', arg = 'prio', min = 0, max = int_max, sockets = every, sample = 3,
    privileged = true,
    says = 'The queueing priority of what is sent.',
    note = 'Above 6 it needs a privilege. Setting `tos` on IPv4 changes it too.',
  }),
  socket_level('SO_RCVBUF', {
    method = 'rcvbuf', since = 1, kind = 'integer', arg = 'sz', min = 0, max = int_max, sockets = every, sample = 40000,
    readback = 'doubled',
    says = 'Bytes of the receive buffer.',
    note = 'Linux doubles the value that is set and limits it to net.core.rmem_max.',
  }),
  socket_level('SO_RCVLOWAT', {
    method = 'rcvlowat', since = 1, kind = 'integer', arg = 'sz', min = 0, max = int_max, sockets = every, sample = 64,
    says = 'Bytes that must be there before a receive returns.',
  }),
  socket_level('SO_RCVTIMEO', {
    method = 'rcvtimeo', since = 1, kind = 'seconds', arg = 'sec', min = 0, max = int_max, sockets = every,
    sample = 2.5,
    says = 'Seconds that a blocking receive waits; 0 is for ever.',
    note = 'Linux rounds up to its clock tick, 1 to 10 milliseconds.',
  }),
  socket_level('SO_REUSEADDR', {
    method = 'reuseaddr', since = 1, kind = 'boolean', arg = 'enable', sockets = every, sample = true,
    says = 'Whether bind may take an address that old connections still use.',
  }),
  socket_level('SO_REUSEPORT', {
    method = 'reuseport', since = 2, kind = 'boolean', arg = 'enable', sockets = ip, sample = true,
    says = 'Whether several sockets may bind one address and share its load.',
  }),
  socket_level('SO_RXQ_OVFL', {
    method = 'rxqovfl', kind = 'boolean', arg = 'enable', sockets = udp, sample = true,
    says = 'Whether a control message (SO_RXQ_OVFL) tells how many datagrams were dropped.',
  }),
  socket_level('SO_SNDBUF', {
    method = 'sndbuf', since = 1, kind = 'integer', arg = 'sz', min = 0, max = int_max, sockets = every, sample = 40000,
    readback = 'doubled',
    says = 'Bytes of the send buffer.',
    note = 'Linux doubles the value that is set and limits it to net.core.wmem_max.',
  }),
  socket_level('SO_SNDLOWAT', {
    method = 'sndlowat', since = 1, kind = 'integer', arg = 'sz', min = 0, max = int_max, sockets = every, sample = 64,
    refuses = { Linux = 'ENOPROTOOPT' },
    says = 'Bytes that must fit before the socket counts as writable.',
    note = 'Linux always reads 1.',
  }),
  socket_level('SO_SNDTIMEO', {
    method = 'sndtimeo', since = 1, kind = 'seconds', arg = 'sec', min = 0, max = int_max, sockets = every,
    sample = 2.5,
    says = 'Seconds that a blocking send waits; 0 is for ever.',
    note = 'Linux rounds up to its clock tick, 1 to 10 milliseconds.',
  }),
  socket_level('SO_TIMESTAMP', {
    method = 'timestamp', since = 1, kind = 'boolean', arg = 'enable', sockets = every, sample = true,
    says = 'Whether datagrams arrive with their time in microseconds (SCM_TIMESTAMP).',
  }),
  socket_level('SO_TIMESTAMPNS', {
    method = 'timestampns', kind = 'boolean', arg = 'enable', sockets = every, sample = true,
    says = 'Whether datagrams arrive with their time in nanoseconds (SCM_TIMESTAMPNS).',
    note = 'Of `timestamp` and `timestampns` the one set last is in force.',
  }),
  socket_level('SO_ZEROCOPY', {
    method = 'zerocopy', kind = 'boolean', arg = 'enable', sockets = ip, sample = true,
    source = 'Documentation/networking/msg_zerocopy.rst of Linux',
    says = 'Whether MSG_ZEROCOPY may be used.',
  }),

  -- TCP, sorted by constant.
  tcp_level('TCP_CONGESTION', {
    method = 'tcpcongestion', kind = 'bytes', arg = 'name', min = 0, max = 15, sample = 'reno',
    says = 'The name of the congestion control algorithm.',
  }),
  tcp_level({ 'TCP_CORK', 'TCP_NOPUSH' }, {
    method = 'tcpcork', since = 2, kind = 'boolean', arg = 'enable', sample = true,
    says = 'Whether partial segments are held back, at most 200 milliseconds on Linux.',
  }),
  tcp_level('TCP_DEFER_ACCEPT', {
    method = 'tcpdeferaccept', kind = 'integer', arg = 'sec', min = 0, max = int_max, sample = 3,
    says = 'Seconds that a listener waits for the first data before it offers a connection.',
    note = 'Linux rounds up to a number of retransmissions: 1, 3, 7, 15 seconds and so on.',
  }),
  tcp_level('TCP_FASTOPEN', {
    method = 'tcpfastopen', kind = 'integer', arg = 'cnt', min = 0, max = int_max, sample = 5, source = 'RFC 7413',
    says = 'How many connections with data in their first packet a listener lets wait.',
  }),
  tcp_level('TCP_FASTOPEN_CONNECT', {
    method = 'tcpfastopenconnect', kind = 'boolean', arg = 'enable', sample = true,
    says = 'Whether connect waits for the first data and sends it along.',
  }),
  tcp_level('TCP_KEEPCNT', {
    method = 'tcpkeepcnt', since = 2, kind = 'integer', arg = 'cnt', min = 0, max = int_max, sample = 5,
    says = 'Unanswered probes after which a connection is given up.',
  }),
  tcp_level({ 'TCP_KEEPIDLE', 'TCP_KEEPALIVE' }, {
    method = 'tcpkeepalive', since = 2, kind = 'integer', arg = 'sec', min = 0, max = int_max, sample = 100,
    says = 'Idle seconds before the first probe.',
    note = 'TCP_KEEPIDLE on Linux and BSD, TCP_KEEPALIVE on macOS.',
  }),
  tcp_level('TCP_KEEPINTVL', {
    method = 'tcpkeepintvl', since = 2, kind = 'integer', arg = 'sec', min = 0, max = int_max, sample = 11,
    says = 'Seconds between probes.',
  }),
  tcp_level('TCP_LINGER2', {
    method = 'tcplinger2', kind = 'integer', arg = 'sec', min = -1, max = int_max, sample = 10,
    says = 'Seconds that a closed connection waits for the end of the peer; -1 does not wait.',
  }),
  tcp_level('TCP_MAXSEG', {
    method = 'tcpmaxseg', kind = 'integer', arg = 'sz', min = 0, max = int_max, sample = 1000,
    says = 'Largest segment in bytes.',
    note = 'On a connection it reads what is in force, which may be less than what was set.',
  }),
  tcp_level('TCP_NODELAY', {
    method = 'tcpnodelay', since = 1, generation1 = 'nodelay', kind = 'boolean', arg = 'enable', sample = true,
    says = 'Whether small segments are sent at once.',
  }),
  tcp_level('TCP_NOTSENT_LOWAT', {
    method = 'tcpnotsentlowat', kind = 'integer', arg = 'sz', min = 0, max = int_max, sample = 16384,
    says = 'Unsent bytes above which the socket does not count as writable; 0 is the default of the system.',
  }),
  tcp_level('TCP_QUICKACK', {
    method = 'tcpquickack', kind = 'boolean', arg = 'enable', sample = false,
    says = 'Whether acknowledgements are sent at once.',
    note = 'Linux changes it by itself as the connection goes on.',
  }),
  tcp_level('TCP_SYNCNT', {
    method = 'tcpsyncnt', kind = 'integer', arg = 'cnt', min = 0, max = int_max, sample = 3,
    says = 'How often connect repeats its first packet.',
  }),
  tcp_level('TCP_USER_TIMEOUT', {
    method = 'tcpusertimeout', kind = 'integer', arg = 'msec', min = 0, max = int_max, sample = 5000,
    says = 'Milliseconds that sent data may stay unacknowledged; 0 is the default of the system.',
  }),

  -- UDP, sorted by constant.
  udp_level('UDP_GRO', {
    method = 'udpgro', kind = 'boolean', arg = 'enable', sample = true,
    says = 'Whether the kernel joins datagrams of one sender; a control message (UDP_GRO) tells their size.',
  }),
  udp_level('UDP_SEGMENT', {
    method = 'udpsegment', kind = 'integer', arg = 'sz', min = 0, max = 65535, sample = 1000,
    says = 'Bytes of each datagram into which the kernel splits a long send; 0 turns it off.',
  }),

  -- IPv4 and IPv6, sorted by the constant of IPv4.
  ip_level('IP_FREEBIND', 'IPV6_FREEBIND', {
    method = 'freebind', kind = 'boolean', arg = 'enable', sockets = ip, sample = true,
    says = 'Whether bind may take an address that this machine does not have (yet).',
  }),
  ip_level('IP_MINTTL', 'IPV6_MINHOPCOUNT', {
    method = 'minttl', kind = 'integer', arg = 'ttl', min = 0, max = 255, sockets = ip, sample = 5, source = 'RFC 5082',
    says = 'Packets that arrive with fewer hops left are dropped; 0 drops none.',
  }),
  ip_level('IP_MTU', 'IPV6_MTU', {
    method = 'mtu', kind = 'integer', access = 'r', arg = 'sz', min = 0, max = int_max, sockets = ip,
    needs = 'connected',
    says = 'The known path MTU in bytes; ENOTCONN without a connection.',
  }),
  ip_level('IP_MTU_DISCOVER', 'IPV6_MTU_DISCOVER', {
    method = 'mtudiscover', kind = 'integer', arg = 'mode', min = 0, max = int_max, sockets = ip, sample = 2,
    says = 'How the path MTU is found: one of IP_PMTUDISC_DONT, _WANT, _DO, _PROBE, _INTERFACE, _OMIT.',
  }),
  ip_level('IP_MULTICAST_ALL', 'IPV6_MULTICAST_ALL', {
    method = 'mcastall', kind = 'boolean', arg = 'enable', sockets = udp, sample = false,
    says = 'Whether datagrams of groups that only other sockets joined arrive too.',
  }),
  ip_level('IP_MULTICAST_IF', 'IPV6_MULTICAST_IF', {
    method = 'mcastif', since = 2, kind = 'interface', arg = 'ifname', min = 0, max = 15, sockets = udp, sample = 'lo',
    says = 'The network interface through which multicast datagrams leave.',
    note = 'An interface that does not exist is ENODEV; the empty name goes back to the choice of the system. An IPv4 '
      .. 'socket remembers an address: an interface without an IPv4 address works and reads nil.',
  }),
  ip_level('IP_MULTICAST_LOOP', 'IPV6_MULTICAST_LOOP', {
    method = 'mcastloop', since = 2, kind = 'boolean', arg = 'enable', sockets = udp, sample = false,
    says = 'Whether multicast datagrams come back to this machine.',
  }),
  ip_level('IP_MULTICAST_TTL', 'IPV6_MULTICAST_HOPS', {
    method = 'mcastttl', since = 2, kind = 'integer', arg = 'ttl', min = 0, max = 255, sockets = udp, sample = 7,
    says = 'How many hops multicast datagrams may travel.',
  }),
  ip_level('IP_PKTINFO', 'IPV6_RECVPKTINFO', {
    method = 'pktinfo', kind = 'boolean', arg = 'enable', sockets = udp, sample = true,
    says = 'Whether datagrams arrive with their destination and interface (IP_PKTINFO, IPV6_PKTINFO).',
  }),
  ip_level('IP_RECVERR', 'IPV6_RECVERR', {
    method = 'recverr', kind = 'boolean', arg = 'enable', sockets = ip, sample = true,
    says = 'Whether errors are kept in the error queue, for a receive with MSG_ERRQUEUE.',
  }),
  ip_level('IP_RECVTOS', 'IPV6_RECVTCLASS', {
    method = 'recvtos', kind = 'boolean', arg = 'enable', sockets = udp, sample = true,
    says = 'Whether datagrams arrive with their type of service (IP_TOS, IPV6_TCLASS).',
  }),
  ip_level('IP_RECVTTL', 'IPV6_RECVHOPLIMIT', {
    method = 'recvttl', kind = 'boolean', arg = 'enable', sockets = udp, sample = true,
    says = 'Whether datagrams arrive with their remaining hops (IP_TTL, IPV6_HOPLIMIT).',
  }),
  ip_level('IP_TOS', 'IPV6_TCLASS', {
    method = 'tos', kind = 'integer', arg = 'tos', min = 0, max = 255, sockets = ip, sample = 16,
    says = 'Type of service or traffic class of what is sent.',
    note = 'On TCP the two lowest bits belong to the kernel and read 0.',
  }),
  ip_level({ 'IP_TRANSPARENT', 'IP_BINDANY' }, { 'IPV6_TRANSPARENT', 'IPV6_BINDANY' }, {
    method = 'transparent', kind = 'boolean', arg = 'enable', sockets = ip, sample = true, privileged = true,
    says = 'Whether the socket may use addresses of others, as a transparent proxy does.',
  }),
  ip_level('IP_TTL', 'IPV6_UNICAST_HOPS', {
    method = 'ttl', kind = 'integer', arg = 'ttl', min = 0, max = 255, sockets = ip, sample = 44,
    says = 'How many hops packets may travel.',
    note = 'Linux refuses 0 for IPv4.',
  }),
  ip_level(false, 'IPV6_V6ONLY', {
    method = 'v6only', kind = 'boolean', arg = 'enable', sockets = { 'tcp6', 'udp6' }, sample = true,
    source = 'ipv6(7), RFC 3493',
    says = 'Whether an IPv6 socket refuses IPv4; must be set before bind.',
  }),
}
