-- SPDX-License-Identifier: MIT
-- Flags of calls and types of control messages; the fields are described in api/constants.lua.

return {
  {
    prefix = 'MSG_',
    title = 'Flags of sending and receiving',
    says = 'The `flag, ...` arguments of the send and recv family, and what `msghdr:flags` reports. '
      .. 'The library always adds MSG_NOSIGNAL to a send and MSG_CMSG_CLOEXEC to a receive.',
    source = 'send(2), recv(2)',
    rows = {
      { 'MSG_CMSG_CLOEXEC', 'received descriptors are close-on-exec' },
      { 'MSG_CONFIRM', 'the neighbour answered: no need to ask for its link address again' },
      { 'MSG_CTRUNC', 'reported: control data did not fit and was cut' },
      { 'MSG_DONTROUTE', 'only to hosts on a directly connected network' },
      { 'MSG_DONTWAIT', 'do not block in this call' },
      { 'MSG_EOF', 'send and then end the connection (BSD)' },
      { 'MSG_EOR', 'end of a record (SOCK_SEQPACKET)' },
      { 'MSG_ERRQUEUE', 'read the error queue' },
      { 'MSG_FASTOPEN', 'connect and send data in the first packet (TCP)' },
      { 'MSG_MORE', 'more data follows: wait before sending a short packet' },
      { 'MSG_NOSIGNAL', 'no SIGPIPE when the peer is gone' },
      { 'MSG_OOB', 'urgent data' },
      { 'MSG_PEEK', 'read but leave the data in the queue' },
      { 'MSG_PROBE', 'only probe the path' },
      { 'MSG_TRUNC', 'reported: the datagram was longer than the buffer' },
      { 'MSG_WAITALL', 'wait until the whole buffer is filled' },
      { 'MSG_WAITFORONE', 'wait for the first message only (recvmmsg)' },
      { 'MSG_ZEROCOPY', 'send without copying; completion is in the error queue' },
    },
    others = [[
      MSG_BATCH MSG_BCAST MSG_COMPAT MSG_FIN MSG_FLUSH MSG_HAVEMORE MSG_HOLD MSG_MCAST MSG_NBIO
      MSG_NEEDSA MSG_NOTIFICATION MSG_PROXY MSG_RCVMORE MSG_RST MSG_SEND MSG_SOCALLBCK MSG_SYN
      MSG_TRYHARD MSG_WAITSTREAM
    ]],
  },
  {
    prefix = 'SCM_',
    title = 'Control message types',
    says = 'The type of a control message whose level is SOL_SOCKET.',
    source = 'unix(7), socket(7), cmsg(3)',
    rows = {
      { 'SCM_RIGHTS', 'descriptors' },
      { 'SCM_CREDENTIALS', 'process, user and group of the sender (Linux)' },
      { 'SCM_CREDS', 'process, user and group of the sender (BSD, macOS)' },
      { 'SCM_CREDS2', 'the same, newer layout (FreeBSD)' },
      { 'SCM_SECURITY', 'security label of the sender', linux = 3 },
      { 'SCM_SECURIT', 'historical spelling of SCM_SECURITY', alias = 'SCM_SECURITY', linux = 3 },
      { 'SCM_PIDFD', 'descriptor of the sending process', linux = 4 },
      { 'SCM_TIMESTAMP', 'time of arrival, struct timeval' },
      { 'SCM_TIMESTAMPNS', 'time of arrival, struct timespec' },
      { 'SCM_TIMESTAMPING', 'software and hardware times' },
      { 'SCM_TIMESTAMP_MONOTONIC', 'time of arrival on the monotonic clock (macOS)' },
      { 'SCM_BINTIME', 'time of arrival, struct bintime (FreeBSD)' },
      { 'SCM_TXTIME', 'when to send, with SO_TXTIME' },
    },
    others = [[
      SCM_MONOTONIC SCM_REALTIME SCM_TIMESTAMPING_OPT_STATS SCM_TIMESTAMPING_PKTINFO
      SCM_TIME_INFO SCM_WIFI_STATUS
    ]],
  },
  {
    prefix = 'AI_',
    title = 'Flags of address look-ups',
    says = 'The `flag, ...` arguments of `addrinfo.getaddrinfo`, `addrinfo.inet` and their kin.',
    source = 'getaddrinfo(3)',
    rows = {
      { 'AI_ADDRCONFIG', 'only families for which this machine has an address' },
      { 'AI_ALL', 'with AI_V4MAPPED: IPv6 addresses and mapped IPv4 addresses' },
      { 'AI_CANONNAME', 'ask for the official name of the host' },
      { 'AI_CANONIDN', 'decode the official name from its internationalised form' },
      { 'AI_DEFAULT', 'the flags of a query without flags (BSD, macOS)' },
      { 'AI_IDN', 'encode the host name in its internationalised form' },
      { 'AI_NUMERICHOST', 'the host is an address: never ask a name server' },
      { 'AI_NUMERICSERV', 'the port is a number: never look up a service' },
      { 'AI_PASSIVE', 'without a host: the wildcard address, for bind' },
      { 'AI_V4MAPPED', 'IPv4 addresses as mapped IPv6 ones when there are no others' },
      { 'AI_V4MAPPED_CFG', 'the same when the kernel supports it (BSD, macOS)' },
    },
    others = 'AI_EXT AI_FQDN AI_MASK AI_UNUSABLE',
  },
  {
    prefix = 'NI_',
    title = 'Flags of name look-ups',
    says = 'The `flag, ...` arguments of `addrinfo:getnameinfo`.',
    source = 'getnameinfo(3)',
    rows = {
      { 'NI_DGRAM', 'the service of UDP where TCP has another one' },
      { 'NI_IDN', 'decode the host name from its internationalised form' },
      { 'NI_NAMEREQD', 'fail when the host has no name' },
      { 'NI_NOFQDN', 'only the first part of a local host name' },
      { 'NI_NUMERICHOST', 'the address, not a name' },
      { 'NI_NUMERICSCOPE', 'the scope as a number (macOS)' },
      { 'NI_NUMERICSERV', 'the port number, not the service' },
      { 'NI_WITHSCOPEID', 'with the scope of the address (BSD)' },
      { 'NI_MAXHOST', 'longest host name, with its final NUL' },
      { 'NI_MAXSERV', 'longest service name, with its final NUL' },
    },
  },
  {
    prefix = 'SOF_TIMESTAMPING_',
    title = 'Flags of SO_TIMESTAMPING',
    says = 'Which times of a packet the Linux kernel reports.',
    source = 'Documentation/networking/timestamping.rst of Linux',
    rows = {
      { 'SOF_TIMESTAMPING_TX_HARDWARE', 'when the device sent it', linux = 1 },
      { 'SOF_TIMESTAMPING_TX_SOFTWARE', 'when the kernel gave it to the driver', linux = 2 },
      { 'SOF_TIMESTAMPING_RX_HARDWARE', 'when the device received it', linux = 4 },
      { 'SOF_TIMESTAMPING_RX_SOFTWARE', 'when it entered the network stack', linux = 8 },
      { 'SOF_TIMESTAMPING_SOFTWARE', 'report software times', linux = 16 },
      { 'SOF_TIMESTAMPING_RAW_HARDWARE', 'report hardware times', linux = 64 },
      { 'SOF_TIMESTAMPING_OPT_ID', 'number the packets', linux = 128 },
      { 'SOF_TIMESTAMPING_TX_SCHED', 'before it enters the packet scheduler', linux = 256 },
      { 'SOF_TIMESTAMPING_TX_ACK', 'when the peer acknowledged all data', linux = 512 },
      { 'SOF_TIMESTAMPING_OPT_CMSG', 'control messages for every packet', linux = 1024 },
      { 'SOF_TIMESTAMPING_OPT_TSONLY', 'the time without the packet', linux = 2048 },
    },
  },
}
