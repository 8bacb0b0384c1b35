-- SPDX-License-Identifier: MIT
-- Constants that say what a socket is; the fields are described in api/constants.lua.

return {
  {
    prefix = 'AF_',
    title = 'Address families',
    says = 'The first argument of `socket.new`; the family of a socket, an address or a resolver query.',
    source = 'socket(2), address_families(7)',
    rows = {
      { 'AF_UNSPEC', 'any family: a resolver query for IPv4 and IPv6' },
      { 'AF_INET', 'IPv4' },
      { 'AF_INET6', 'IPv6' },
      { 'AF_UNIX', 'between processes of one machine' },
      { 'AF_LOCAL', 'another name of AF_UNIX' },
      { 'AF_NETLINK', 'talk with the Linux kernel' },
      { 'AF_ROUTE', 'routing messages; on Linux another name of AF_NETLINK' },
      { 'AF_PACKET', 'link layer frames on Linux' },
      { 'AF_LINK', 'link layer addresses on BSD and macOS' },
      { 'AF_VSOCK', 'between a virtual machine and its host' },
      { 'AF_ALG', 'cryptography of the Linux kernel' },
      { 'AF_BLUETOOTH', 'Bluetooth' },
      { 'AF_CAN', 'controller area network, the bus in vehicles' },
      { 'AF_IB', 'InfiniBand' },
      { 'AF_IEEE80211', 'wireless LAN frames' },
      { 'AF_IEEE802154', 'low-power wireless personal networks' },
      { 'AF_MPLS', 'multiprotocol label switching' },
      { 'AF_NFC', 'near-field communication' },
      { 'AF_PPPOX', 'PPP over Ethernet and L2TP tunnels' },
      { 'AF_QIPCRTR', 'router to Qualcomm coprocessors' },
      { 'AF_RDS', 'reliable datagrams over InfiniBand or TCP' },
      { 'AF_SMC', 'shared memory communication' },
      { 'AF_SYSTEM', 'kernel events and controls on macOS' },
      { 'AF_TIPC', 'transparent communication inside a cluster' },
      { 'AF_UTUN', 'user-space tunnels on macOS' },
      { 'AF_XDP', 'frames past the network stack, in shared memory' },
      { 'AF_APPLETALK', 'AppleTalk' },
      { 'AF_AX25', 'amateur packet radio' },
      { 'AF_DECnet', 'DECnet' },
      { 'AF_IPX', 'Novell IPX' },
      { 'AF_ISDN', 'ISDN' },
      { 'AF_NETBIOS', 'NetBIOS' },
      { 'AF_PPP', 'point-to-point protocol' },
      { 'AF_SNA', 'IBM systems network architecture' },
      { 'AF_X25', 'X.25' },
    },
    others = [[
      AF_ARP AF_ASH AF_ATM AF_ATMPVC AF_ATMSVC AF_BRIDGE AF_CAIF AF_CCITT AF_CHAOS AF_CNT AF_COIP
      AF_DATAKIT AF_DLI AF_E164 AF_ECMA AF_ECONET AF_FILE AF_HYLINK AF_HYPERV AF_IMPLINK AF_INET_SDP
      AF_INET6_SDP AF_IRDA AF_ISO AF_IUCV AF_KCM AF_KEY AF_LAT AF_LLC AF_MAX AF_MCTP AF_NATM AF_NDRV
      AF_NETBEUI AF_NETGRAPH AF_NETROM AF_NS AF_OSI AF_PHONET AF_PUP AF_RESERVED_36 AF_ROSE AF_RXRPC
      AF_SCLUSTER AF_SECURITY AF_SIP AF_SLOW AF_WANPIPE
    ]],
  },
  {
    prefix = 'SOCK_',
    title = 'Socket types',
    says = 'How a socket carries data. `nonblock` arguments and the library itself take care of the two flags.',
    source = 'socket(2)',
    rows = {
      { 'SOCK_STREAM', 'bytes in order, both ways: TCP, unix stream' },
      { 'SOCK_DGRAM', 'single messages: UDP, unix datagram' },
      { 'SOCK_SEQPACKET', 'messages in order over a connection' },
      { 'SOCK_RAW', 'packets below TCP and UDP; needs a privilege' },
      { 'SOCK_RDM', 'reliable messages without order' },
      { 'SOCK_DCCP', 'datagrams with congestion control' },
      { 'SOCK_PACKET', 'old way to link layer frames; use AF_PACKET' },
      { 'SOCK_CLOEXEC', 'flag: close on exec, always set by this library' },
      { 'SOCK_NONBLOCK', 'flag: non-blocking; use the `nonblock` argument' },
    },
  },
  {
    prefix = 'SHUT_',
    title = 'Directions of shutdown',
    says = 'Which direction `shutdown` and `close` end.',
    source = 'shutdown(2)',
    rows = {
      { 'SHUT_RD', 'no more receiving' },
      { 'SHUT_WR', 'no more sending: the peer reads the end of the stream' },
      { 'SHUT_RDWR', 'neither' },
    },
  },
  {
    prefix = 'SOMAXCONN',
    title = 'Limit of pending connections',
    says = 'The default of `listen`. Linux lowers a larger backlog to net.core.somaxconn.',
    source = 'listen(2)',
    rows = { { 'SOMAXCONN', 'largest backlog that the headers promise' } },
  },
  {
    prefix = 'NETLINK_',
    title = 'Netlink protocols',
    says = 'The protocol of an AF_NETLINK socket.',
    source = 'netlink(7)',
    rows = {
      { 'NETLINK_ROUTE', 'addresses, links and routes', linux = 0 },
      { 'NETLINK_SOCK_DIAG', 'information about sockets', linux = 4 },
      { 'NETLINK_NETFILTER', 'packet filter', linux = 12 },
      { 'NETLINK_KOBJECT_UEVENT', 'devices that come and go', linux = 15 },
      { 'NETLINK_GENERIC', 'families that are looked up by name', linux = 16 },
    },
  },
}
