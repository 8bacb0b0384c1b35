-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket

---@class llsocket.interface
---@field index integer
---@field mtu integer
---@field hwaddr string? its hardware address, `aa:bb:cc:dd:ee:ff`
---@field flags llsocket.interface_flags
---@field addrs llsocket.interface_address[]

---@class llsocket.interface_flags
---@field up boolean
---@field broadcast boolean
---@field debug boolean
---@field loopback boolean
---@field pointopoint boolean
---@field running boolean
---@field noarp boolean
---@field promisc boolean
---@field allmulti boolean
---@field multicast boolean

---@class llsocket.interface_address
---@field family integer
---@field addr string
---@field netmask string?
---@field broadcast string?
---@field destination string?
---@field scope integer?

---@class llsocket.constants
---@field AF_ALG integer cryptography of the Linux kernel
---@field AF_APPLETALK integer AppleTalk
---@field AF_ARP integer
---@field AF_ASH integer
---@field AF_ATM integer
---@field AF_ATMPVC integer
---@field AF_ATMSVC integer
---@field AF_AX25 integer amateur packet radio
---@field AF_BLUETOOTH integer Bluetooth
---@field AF_BRIDGE integer
---@field AF_CAIF integer
---@field AF_CAN integer controller area network, the bus in vehicles
---@field AF_CCITT integer
---@field AF_CHAOS integer
---@field AF_CNT integer
---@field AF_COIP integer
---@field AF_DATAKIT integer
---@field AF_DECnet integer DECnet
---@field AF_DLI integer
---@field AF_E164 integer
---@field AF_ECMA integer
---@field AF_ECONET integer
---@field AF_FILE integer
---@field AF_HYLINK integer
---@field AF_HYPERV integer
---@field AF_IB integer InfiniBand
---@field AF_IEEE80211 integer wireless LAN frames
---@field AF_IEEE802154 integer low-power wireless personal networks
---@field AF_IMPLINK integer
---@field AF_INET integer IPv4
---@field AF_INET6 integer IPv6
---@field AF_INET6_SDP integer
---@field AF_INET_SDP integer
---@field AF_IPX integer Novell IPX
---@field AF_IRDA integer
---@field AF_ISDN integer ISDN
---@field AF_ISO integer
---@field AF_IUCV integer
---@field AF_KCM integer
---@field AF_KEY integer
---@field AF_LAT integer
---@field AF_LINK integer link layer addresses on BSD and macOS
---@field AF_LLC integer
---@field AF_LOCAL integer another name of AF_UNIX
---@field AF_MAX integer
---@field AF_MCTP integer
---@field AF_MPLS integer multiprotocol label switching
---@field AF_NATM integer
---@field AF_NDRV integer
---@field AF_NETBEUI integer
---@field AF_NETBIOS integer NetBIOS
---@field AF_NETGRAPH integer
---@field AF_NETLINK integer talk with the Linux kernel
---@field AF_NETROM integer
---@field AF_NFC integer near-field communication
---@field AF_NS integer
---@field AF_OSI integer
---@field AF_PACKET integer link layer frames on Linux
---@field AF_PHONET integer
---@field AF_PPP integer point-to-point protocol
---@field AF_PPPOX integer PPP over Ethernet and L2TP tunnels
---@field AF_PUP integer
---@field AF_QIPCRTR integer router to Qualcomm coprocessors
---@field AF_RDS integer reliable datagrams over InfiniBand or TCP
---@field AF_RESERVED_36 integer
---@field AF_ROSE integer
---@field AF_ROUTE integer routing messages; on Linux another name of AF_NETLINK
---@field AF_RXRPC integer
---@field AF_SCLUSTER integer
---@field AF_SECURITY integer
---@field AF_SIP integer
---@field AF_SLOW integer
---@field AF_SMC integer shared memory communication
---@field AF_SNA integer IBM systems network architecture
---@field AF_SYSTEM integer kernel events and controls on macOS
---@field AF_TIPC integer transparent communication inside a cluster
---@field AF_UNIX integer between processes of one machine
---@field AF_UNSPEC integer any family: a resolver query for IPv4 and IPv6
---@field AF_UTUN integer user-space tunnels on macOS
---@field AF_VSOCK integer between a virtual machine and its host
---@field AF_WANPIPE integer
---@field AF_X25 integer X.25
---@field AF_XDP integer frames past the network stack, in shared memory
---@field SOCK_CLOEXEC integer flag: close on exec, always set by this library
---@field SOCK_DCCP integer datagrams with congestion control
---@field SOCK_DGRAM integer single messages: UDP, unix datagram
---@field SOCK_NONBLOCK integer flag: non-blocking; use the `nonblock` argument
---@field SOCK_PACKET integer old way to link layer frames; use AF_PACKET
---@field SOCK_RAW integer packets below TCP and UDP; needs a privilege
---@field SOCK_RDM integer reliable messages without order
---@field SOCK_SEQPACKET integer messages in order over a connection
---@field SOCK_STREAM integer bytes in order, both ways: TCP, unix stream
---@field SHUT_RD integer no more receiving
---@field SHUT_RDWR integer neither
---@field SHUT_WR integer no more sending: the peer reads the end of the stream
---@field SOMAXCONN integer largest backlog that the headers promise
---@field NETLINK_GENERIC integer families that are looked up by name
---@field NETLINK_KOBJECT_UEVENT integer devices that come and go
---@field NETLINK_NETFILTER integer packet filter
---@field NETLINK_ROUTE integer addresses, links and routes
---@field NETLINK_SOCK_DIAG integer information about sockets
---@field MSG_BATCH integer
---@field MSG_BCAST integer
---@field MSG_CMSG_CLOEXEC integer received descriptors are close-on-exec
---@field MSG_COMPAT integer
---@field MSG_CONFIRM integer the neighbour answered: no need to ask for its link address again
---@field MSG_CTRUNC integer reported: control data did not fit and was cut
---@field MSG_DONTROUTE integer only to hosts on a directly connected network
---@field MSG_DONTWAIT integer do not block in this call
---@field MSG_EOF integer send and then end the connection (BSD)
---@field MSG_EOR integer end of a record (SOCK_SEQPACKET)
---@field MSG_ERRQUEUE integer read the error queue
---@field MSG_FASTOPEN integer connect and send data in the first packet (TCP)
---@field MSG_FIN integer
---@field MSG_FLUSH integer
---@field MSG_HAVEMORE integer
---@field MSG_HOLD integer
---@field MSG_MCAST integer
---@field MSG_MORE integer more data follows: wait before sending a short packet
---@field MSG_NBIO integer
---@field MSG_NEEDSA integer
---@field MSG_NOSIGNAL integer no SIGPIPE when the peer is gone
---@field MSG_NOTIFICATION integer
---@field MSG_OOB integer urgent data
---@field MSG_PEEK integer read but leave the data in the queue
---@field MSG_PROBE integer only probe the path
---@field MSG_PROXY integer
---@field MSG_RCVMORE integer
---@field MSG_RST integer
---@field MSG_SEND integer
---@field MSG_SOCALLBCK integer
---@field MSG_SYN integer
---@field MSG_TRUNC integer reported: the datagram was longer than the buffer
---@field MSG_TRYHARD integer
---@field MSG_WAITALL integer wait until the whole buffer is filled
---@field MSG_WAITFORONE integer wait for the first message only (recvmmsg)
---@field MSG_WAITSTREAM integer
---@field MSG_ZEROCOPY integer send without copying; completion is in the error queue
---@field SCM_BINTIME integer time of arrival, struct bintime (FreeBSD)
---@field SCM_CREDENTIALS integer process, user and group of the sender (Linux)
---@field SCM_CREDS integer process, user and group of the sender (BSD, macOS)
---@field SCM_CREDS2 integer the same, newer layout (FreeBSD)
---@field SCM_MONOTONIC integer
---@field SCM_PIDFD integer descriptor of the sending process
---@field SCM_REALTIME integer
---@field SCM_RIGHTS integer descriptors
---@field SCM_SECURIT integer historical spelling of SCM_SECURITY
---@field SCM_SECURITY integer security label of the sender
---@field SCM_TIMESTAMP integer time of arrival, struct timeval
---@field SCM_TIMESTAMPING integer software and hardware times
---@field SCM_TIMESTAMPING_OPT_STATS integer
---@field SCM_TIMESTAMPING_PKTINFO integer
---@field SCM_TIMESTAMPNS integer time of arrival, struct timespec
---@field SCM_TIMESTAMP_MONOTONIC integer time of arrival on the monotonic clock (macOS)
---@field SCM_TIME_INFO integer
---@field SCM_TXTIME integer when to send, with SO_TXTIME
---@field SCM_WIFI_STATUS integer
---@field AI_ADDRCONFIG integer only families for which this machine has an address
---@field AI_ALL integer with AI_V4MAPPED: IPv6 addresses and mapped IPv4 addresses
---@field AI_CANONIDN integer decode the official name from its internationalised form
---@field AI_CANONNAME integer ask for the official name of the host
---@field AI_DEFAULT integer the flags of a query without flags (BSD, macOS)
---@field AI_EXT integer
---@field AI_FQDN integer
---@field AI_IDN integer encode the host name in its internationalised form
---@field AI_MASK integer
---@field AI_NUMERICHOST integer the host is an address: never ask a name server
---@field AI_NUMERICSERV integer the port is a number: never look up a service
---@field AI_PASSIVE integer without a host: the wildcard address, for bind
---@field AI_UNUSABLE integer
---@field AI_V4MAPPED integer IPv4 addresses as mapped IPv6 ones when there are no others
---@field AI_V4MAPPED_CFG integer the same when the kernel supports it (BSD, macOS)
---@field NI_DGRAM integer the service of UDP where TCP has another one
---@field NI_IDN integer decode the host name from its internationalised form
---@field NI_MAXHOST integer longest host name, with its final NUL
---@field NI_MAXSERV integer longest service name, with its final NUL
---@field NI_NAMEREQD integer fail when the host has no name
---@field NI_NOFQDN integer only the first part of a local host name
---@field NI_NUMERICHOST integer the address, not a name
---@field NI_NUMERICSCOPE integer the scope as a number (macOS)
---@field NI_NUMERICSERV integer the port number, not the service
---@field NI_WITHSCOPEID integer with the scope of the address (BSD)
---@field SOF_TIMESTAMPING_OPT_CMSG integer control messages for every packet
---@field SOF_TIMESTAMPING_OPT_ID integer number the packets
---@field SOF_TIMESTAMPING_OPT_TSONLY integer the time without the packet
---@field SOF_TIMESTAMPING_RAW_HARDWARE integer report hardware times
---@field SOF_TIMESTAMPING_RX_HARDWARE integer when the device received it
---@field SOF_TIMESTAMPING_RX_SOFTWARE integer when it entered the network stack
---@field SOF_TIMESTAMPING_SOFTWARE integer report software times
---@field SOF_TIMESTAMPING_TX_ACK integer when the peer acknowledged all data
---@field SOF_TIMESTAMPING_TX_HARDWARE integer when the device sent it
---@field SOF_TIMESTAMPING_TX_SCHED integer before it enters the packet scheduler
---@field SOF_TIMESTAMPING_TX_SOFTWARE integer when the kernel gave it to the driver
---@field SOL_AAL integer
---@field SOL_ALG integer
---@field SOL_ATM integer
---@field SOL_BLUETOOTH integer
---@field SOL_CAIF integer
---@field SOL_DCCP integer
---@field SOL_DECNET integer
---@field SOL_ICMPV6 integer
---@field SOL_IP integer IPv4; the same as IPPROTO_IP
---@field SOL_IPV6 integer IPv6; the same as IPPROTO_IPV6
---@field SOL_IRDA integer
---@field SOL_IUCV integer
---@field SOL_KCM integer
---@field SOL_LLC integer
---@field SOL_LOCAL integer unix sockets on BSD and macOS
---@field SOL_MCTP integer
---@field SOL_MPTCP integer
---@field SOL_NETBEUI integer
---@field SOL_NETLINK integer netlink sockets
---@field SOL_NFC integer
---@field SOL_PACKET integer packet sockets
---@field SOL_PNPIPE integer
---@field SOL_PPPOL2TP integer
---@field SOL_RAW integer
---@field SOL_RDS integer
---@field SOL_RXRPC integer
---@field SOL_SMC integer
---@field SOL_SOCKET integer the socket itself
---@field SOL_TCP integer TCP; the same as IPPROTO_TCP
---@field SOL_TIPC integer
---@field SOL_TLS integer TLS in the kernel
---@field SOL_UDP integer UDP; the same as IPPROTO_UDP
---@field SOL_X25 integer
---@field SOL_XDP integer
---@field SO_ACCEPTCONN integer
---@field SO_ATTACH_BPF integer
---@field SO_ATTACH_FILTER integer
---@field SO_ATTACH_REUSEPORT_CBPF integer
---@field SO_ATTACH_REUSEPORT_EBPF integer
---@field SO_BINDANY integer
---@field SO_BINDTODEVICE integer
---@field SO_BINDTOIFINDEX integer
---@field SO_BINTIME integer
---@field SO_BPF_EXTENSIONS integer
---@field SO_BROADCAST integer
---@field SO_BSDCOMPAT integer
---@field SO_BUF_LOCK integer
---@field SO_BUSY_POLL integer
---@field SO_BUSY_POLL_BUDGET integer
---@field SO_CNX_ADVICE integer
---@field SO_COOKIE integer
---@field SO_DEBUG integer
---@field SO_DETACH_BPF integer
---@field SO_DETACH_FILTER integer
---@field SO_DETACH_REUSEPORT_BPF integer
---@field SO_DOMAIN integer the family: `sock:family`
---@field SO_DONTROUTE integer
---@field SO_DONTTRUNC integer
---@field SO_ERROR integer
---@field SO_GET_FILTER integer
---@field SO_INCOMING_CPU integer
---@field SO_INCOMING_NAPI_ID integer
---@field SO_KEEPALIVE integer
---@field SO_LABEL integer
---@field SO_LINGER integer
---@field SO_LINGER_SEC integer
---@field SO_LISTENQLIMIT integer
---@field SO_LOCK_FILTER integer
---@field SO_MARK integer
---@field SO_MAX_PACING_RATE integer
---@field SO_MEMINFO integer
---@field SO_NETNS_COOKIE integer
---@field SO_NOFCS integer
---@field SO_NOSIGPIPE integer
---@field SO_NO_CHECK integer
---@field SO_NO_DDP integer
---@field SO_NO_OFFLOAD integer
---@field SO_NREAD integer
---@field SO_NWRITE integer
---@field SO_OOBINLINE integer
---@field SO_PASSCRED integer
---@field SO_PASSSEC integer
---@field SO_PEEK_OFF integer
---@field SO_PEERCRED integer who connected a unix socket
---@field SO_PEERGROUPS integer
---@field SO_PEERNAME integer
---@field SO_PEERSEC integer
---@field SO_PREFER_BUSY_POLL integer
---@field SO_PRIORITY integer
---@field SO_PROTOCOL integer the protocol: `sock:protocol`
---@field SO_PROTOTYPE integer
---@field SO_RANDOMPORT integer
---@field SO_RCVBUF integer
---@field SO_RCVBUFFORCE integer
---@field SO_RCVLOWAT integer
---@field SO_RCVMARK integer
---@field SO_RCVTIMEO integer
---@field SO_RERROR integer
---@field SO_RESERVE_MEM integer
---@field SO_REUSEADDR integer
---@field SO_REUSEPORT integer
---@field SO_REUSEPORT_LB integer
---@field SO_RTABLE integer
---@field SO_RXQ_OVFL integer
---@field SO_SELECT_ERR_QUEUE integer
---@field SO_SETFIB integer
---@field SO_SNDBUF integer
---@field SO_SNDBUFFORCE integer
---@field SO_SNDLOWAT integer
---@field SO_SNDTIMEO integer
---@field SO_SPLICE integer
---@field SO_TIMESTAMP integer
---@field SO_TIMESTAMPING integer
---@field SO_TIMESTAMPNS integer
---@field SO_TIMESTAMP_MONOTONIC integer
---@field SO_TS_CLOCK integer
---@field SO_TXREHASH integer
---@field SO_TXTIME integer
---@field SO_TYPE integer the socket type: `sock:socktype`
---@field SO_USELOOPBACK integer
---@field SO_USER_COOKIE integer
---@field SO_WANTMORE integer
---@field SO_WIFI_STATUS integer
---@field SO_ZEROCOPY integer
---@field LOCAL_CONNWAIT integer
---@field LOCAL_CREDS integer
---@field LOCAL_CREDS_PERSISTENT integer
---@field LOCAL_PEERCRED integer
---@field LOCAL_PEEREPID integer
---@field LOCAL_PEEREUUID integer
---@field LOCAL_PEERPID integer
---@field LOCAL_PEERTOKEN integer
---@field LOCAL_PEERUUID integer
---@field TCP_CC_INFO integer
---@field TCP_CM_INQ integer
---@field TCP_CONGESTION integer
---@field TCP_CONNECTIONTIMEOUT integer
---@field TCP_CONNECTION_INFO integer
---@field TCP_COOKIE_TRANSACTIONS integer
---@field TCP_CORK integer
---@field TCP_DEFER_ACCEPT integer
---@field TCP_DELACK integer
---@field TCP_ENABLE_ECN integer
---@field TCP_FASTOPEN integer
---@field TCP_FASTOPEN_CONNECT integer
---@field TCP_FASTOPEN_KEY integer
---@field TCP_FASTOPEN_NO_COOKIE integer
---@field TCP_FUNCTION_BLK integer
---@field TCP_INFO integer everything the kernel knows about a connection, struct tcp_info
---@field TCP_INQ integer
---@field TCP_KEEPALIVE integer
---@field TCP_KEEPCNT integer
---@field TCP_KEEPIDLE integer
---@field TCP_KEEPINIT integer
---@field TCP_KEEPINTVL integer
---@field TCP_LINGER2 integer
---@field TCP_LOG integer
---@field TCP_MAXSEG integer
---@field TCP_MAXUNACKTIME integer
---@field TCP_MD5SIG integer signed segments (RFC 2385)
---@field TCP_MD5SIG_EXT integer
---@field TCP_NODELAY integer
---@field TCP_NOOPT integer
---@field TCP_NOPUSH integer
---@field TCP_NOTSENT_LOWAT integer
---@field TCP_PERSIST_TIMEOUT integer
---@field TCP_QUEUE_SEQ integer
---@field TCP_QUICKACK integer
---@field TCP_REPAIR integer take a connection over from another process
---@field TCP_REPAIR_OPTIONS integer
---@field TCP_REPAIR_QUEUE integer
---@field TCP_REPAIR_WINDOW integer
---@field TCP_REUSPORT_LB_NUMA integer
---@field TCP_RXT_CONNDROPTIME integer
---@field TCP_RXT_FINDROP integer
---@field TCP_SACK_ENABLE integer
---@field TCP_SAVED_SYN integer
---@field TCP_SAVE_SYN integer
---@field TCP_SENDMOREACKS integer
---@field TCP_SYNCNT integer
---@field TCP_THIN_DUPACK integer
---@field TCP_THIN_LINEAR_TIMEOUTS integer
---@field TCP_TIMESTAMP integer
---@field TCP_TXTLS_ENABLE integer
---@field TCP_TX_DELAY integer
---@field TCP_ULP integer a protocol above TCP in the kernel, such as TLS
---@field TCP_USER_TIMEOUT integer
---@field TCP_WINDOW_CLAMP integer
---@field TCP_ZEROCOPY_RECEIVE integer
---@field UDP_CORK integer collect data until the option is cleared, then send one datagram
---@field UDP_ENCAP integer datagrams carry another protocol
---@field UDP_GRO integer let the kernel join received datagrams
---@field UDP_NOCKSUM integer
---@field UDP_NO_CHECK6_RX integer
---@field UDP_NO_CHECK6_TX integer
---@field UDP_SEGMENT integer split one large send into datagrams of this size
---@field UDP_VENDOR integer
---@field IP_ADD_MEMBERSHIP integer
---@field IP_ADD_SOURCE_MEMBERSHIP integer
---@field IP_BINDANY integer
---@field IP_BINDMULTI integer
---@field IP_BIND_ADDRESS_NO_PORT integer
---@field IP_BLOCK_SOURCE integer
---@field IP_BOUND_IF integer
---@field IP_CHECKSUM integer
---@field IP_DEFAULT_MULTICAST_LOOP integer
---@field IP_DEFAULT_MULTICAST_TTL integer
---@field IP_DONTFRAG integer
---@field IP_DROP_MEMBERSHIP integer
---@field IP_DROP_SOURCE_MEMBERSHIP integer
---@field IP_FAITH integer
---@field IP_FREEBIND integer
---@field IP_HDRINCL integer
---@field IP_IPSEC_POLICY integer
---@field IP_LOCAL_PORT_RANGE integer ports that an automatic bind may take
---@field IP_MAX_GROUP_SRC_FILTER integer
---@field IP_MAX_MEMBERSHIPS integer
---@field IP_MAX_SOCK_SRC_FILTER integer
---@field IP_MINTTL integer
---@field IP_MSFILTER integer
---@field IP_MTU integer
---@field IP_MTU_DISCOVER integer
---@field IP_MULTICAST_ALL integer
---@field IP_MULTICAST_IF integer
---@field IP_MULTICAST_IFINDEX integer
---@field IP_MULTICAST_LOOP integer
---@field IP_MULTICAST_TTL integer
---@field IP_MULTICAST_VIF integer
---@field IP_NODEFRAG integer
---@field IP_ONESBCAST integer
---@field IP_OPTIONS integer
---@field IP_ORIGDSTADDR integer
---@field IP_PASSSEC integer
---@field IP_PKTINFO integer
---@field IP_PKTOPTIONS integer
---@field IP_PMTUDISC_DO integer the same: never fragment
---@field IP_PMTUDISC_DONT integer value of IP_MTU_DISCOVER: may be fragmented on the way
---@field IP_PMTUDISC_INTERFACE integer the same: use the MTU of the interface
---@field IP_PMTUDISC_OMIT integer the same: use the MTU of the interface, fragment if needed
---@field IP_PMTUDISC_PROBE integer the same: never fragment and ignore the known path MTU
---@field IP_PMTUDISC_WANT integer the same: as the route says
---@field IP_PORTRANGE integer
---@field IP_RECVDSTADDR integer
---@field IP_RECVERR integer
---@field IP_RECVERR_RFC4884 integer
---@field IP_RECVFRAGSIZE integer
---@field IP_RECVIF integer
---@field IP_RECVOPTS integer
---@field IP_RECVORIGDSTADDR integer
---@field IP_RECVPKTINFO integer
---@field IP_RECVRETOPTS integer
---@field IP_RECVTOS integer
---@field IP_RECVTTL integer
---@field IP_RETOPTS integer
---@field IP_ROUTER_ALERT integer
---@field IP_SENDSRCADDR integer
---@field IP_STRIPHDR integer
---@field IP_TOS integer
---@field IP_TRANSPARENT integer
---@field IP_TTL integer
---@field IP_UNBLOCK_SOURCE integer
---@field IP_UNICAST_IF integer
---@field IP_XFRM_POLICY integer
---@field IPV6_2292DSTOPTS integer
---@field IPV6_2292HOPLIMIT integer
---@field IPV6_2292HOPOPTS integer
---@field IPV6_2292PKTINFO integer
---@field IPV6_2292PKTOPTIONS integer
---@field IPV6_2292RTHDR integer
---@field IPV6_ADDRFORM integer
---@field IPV6_ADDR_PREFERENCES integer
---@field IPV6_ADD_MEMBERSHIP integer
---@field IPV6_AUTHHDR integer
---@field IPV6_AUTOFLOWLABEL integer
---@field IPV6_BINDANY integer
---@field IPV6_BINDV6ONLY integer
---@field IPV6_BOUND_IF integer
---@field IPV6_CHECKSUM integer
---@field IPV6_DONTFRAG integer
---@field IPV6_DROP_MEMBERSHIP integer
---@field IPV6_DSTOPTS integer
---@field IPV6_FAITH integer
---@field IPV6_FREEBIND integer
---@field IPV6_HDRINCL integer
---@field IPV6_HOPLIMIT integer
---@field IPV6_HOPOPTS integer
---@field IPV6_IPSEC_POLICY integer
---@field IPV6_JOIN_ANYCAST integer
---@field IPV6_JOIN_GROUP integer
---@field IPV6_LEAVE_ANYCAST integer
---@field IPV6_LEAVE_GROUP integer
---@field IPV6_MINHOPCOUNT integer
---@field IPV6_MTU integer
---@field IPV6_MTU_DISCOVER integer
---@field IPV6_MULTICAST_ALL integer
---@field IPV6_MULTICAST_HOPS integer
---@field IPV6_MULTICAST_IF integer
---@field IPV6_MULTICAST_LOOP integer
---@field IPV6_NEXTHOP integer
---@field IPV6_ORIGDSTADDR integer
---@field IPV6_PATHMTU integer
---@field IPV6_PKTINFO integer
---@field IPV6_PMTUDISC_DO integer see IP_PMTUDISC_DO
---@field IPV6_PMTUDISC_DONT integer value of IPV6_MTU_DISCOVER: see IP_PMTUDISC_DONT
---@field IPV6_PMTUDISC_INTERFACE integer see IP_PMTUDISC_INTERFACE
---@field IPV6_PMTUDISC_OMIT integer see IP_PMTUDISC_OMIT
---@field IPV6_PMTUDISC_PROBE integer see IP_PMTUDISC_PROBE
---@field IPV6_PMTUDISC_WANT integer see IP_PMTUDISC_WANT
---@field IPV6_PORTRANGE integer
---@field IPV6_PREFER_TEMPADDR integer
---@field IPV6_RECVDSTOPTS integer
---@field IPV6_RECVERR integer
---@field IPV6_RECVERR_RFC4884 integer
---@field IPV6_RECVFRAGSIZE integer
---@field IPV6_RECVHOPLIMIT integer
---@field IPV6_RECVHOPOPTS integer
---@field IPV6_RECVORIGDSTADDR integer
---@field IPV6_RECVPATHMTU integer
---@field IPV6_RECVPKTINFO integer
---@field IPV6_RECVRTHDR integer
---@field IPV6_RECVTCLASS integer
---@field IPV6_ROUTER_ALERT integer
---@field IPV6_ROUTER_ALERT_ISOLATE integer
---@field IPV6_RTHDR integer
---@field IPV6_RTHDRDSTOPTS integer
---@field IPV6_RTHDR_LOOSE integer
---@field IPV6_RTHDR_STRICT integer
---@field IPV6_RTHDR_TYPE_0 integer
---@field IPV6_RXDSTOPTS integer
---@field IPV6_RXHOPOPTS integer
---@field IPV6_TCLASS integer
---@field IPV6_TRANSPARENT integer
---@field IPV6_UNICAST_HOPS integer
---@field IPV6_UNICAST_IF integer
---@field IPV6_USE_MIN_MTU integer
---@field IPV6_V6ONLY integer
---@field IPV6_XFRM_POLICY integer
---@field MCAST_BLOCK_SOURCE integer
---@field MCAST_EXCLUDE integer
---@field MCAST_INCLUDE integer
---@field MCAST_JOIN_GROUP integer
---@field MCAST_JOIN_SOURCE_GROUP integer
---@field MCAST_LEAVE_GROUP integer
---@field MCAST_LEAVE_SOURCE_GROUP integer
---@field MCAST_MSFILTER integer
---@field MCAST_UNBLOCK_SOURCE integer
---@field MCAST_UNDEFINED integer
---@field IPPROTO_3PC integer
---@field IPPROTO_ADFS integer
---@field IPPROTO_AH integer authentication header
---@field IPPROTO_AHIP integer
---@field IPPROTO_APES integer
---@field IPPROTO_ARGUS integer
---@field IPPROTO_AX25 integer
---@field IPPROTO_BEETPH integer pseudo header of IPsec BEET mode
---@field IPPROTO_BHA integer
---@field IPPROTO_BLT integer
---@field IPPROTO_BRSATMON integer
---@field IPPROTO_CARP integer
---@field IPPROTO_CFTP integer
---@field IPPROTO_CHAOS integer
---@field IPPROTO_CMTP integer
---@field IPPROTO_COMP integer compression header
---@field IPPROTO_CPHB integer
---@field IPPROTO_CPNX integer
---@field IPPROTO_DCCP integer datagram congestion control protocol
---@field IPPROTO_DDP integer
---@field IPPROTO_DGP integer
---@field IPPROTO_DIVERT integer packets diverted by the firewall (BSD)
---@field IPPROTO_DONE integer
---@field IPPROTO_DSTOPTS integer IPv6 destination options
---@field IPPROTO_EGP integer exterior gateway protocol
---@field IPPROTO_EMCON integer
---@field IPPROTO_ENCAP integer encapsulation header
---@field IPPROTO_EON integer
---@field IPPROTO_ESP integer encrypted payload
---@field IPPROTO_ETHERIP integer
---@field IPPROTO_ETHERNET integer Ethernet within IPv6
---@field IPPROTO_FRAGMENT integer IPv6 fragment header
---@field IPPROTO_GGP integer
---@field IPPROTO_GMTP integer
---@field IPPROTO_GRE integer generic routing encapsulation
---@field IPPROTO_HELLO integer
---@field IPPROTO_HIP integer
---@field IPPROTO_HMP integer
---@field IPPROTO_HOPOPTS integer IPv6 hop-by-hop options
---@field IPPROTO_ICMP integer control messages of IPv4
---@field IPPROTO_ICMPV6 integer control messages of IPv6
---@field IPPROTO_IDP integer
---@field IPPROTO_IDPR integer
---@field IPPROTO_IDRP integer
---@field IPPROTO_IGMP integer multicast group membership
---@field IPPROTO_IGP integer
---@field IPPROTO_IGRP integer
---@field IPPROTO_IL integer
---@field IPPROTO_INLSP integer
---@field IPPROTO_INP integer
---@field IPPROTO_IP integer the usual protocol; level of the IPv4 options
---@field IPPROTO_IPCOMP integer payload compression
---@field IPPROTO_IPCV integer
---@field IPPROTO_IPEIP integer
---@field IPPROTO_IPIP integer IP within IP
---@field IPPROTO_IPPC integer
---@field IPPROTO_IPV4 integer IPv4 within IP
---@field IPPROTO_IPV6 integer IPv6; level of its options
---@field IPPROTO_IRTP integer
---@field IPPROTO_KRYPTOLAN integer
---@field IPPROTO_L2TP integer layer two tunnels
---@field IPPROTO_LARP integer
---@field IPPROTO_LEAF1 integer
---@field IPPROTO_LEAF2 integer
---@field IPPROTO_MAX integer first number past the raw protocols (BSD, macOS)
---@field IPPROTO_MEAS integer
---@field IPPROTO_MH integer IPv6 mobility header
---@field IPPROTO_MHRP integer
---@field IPPROTO_MICP integer
---@field IPPROTO_MOBILE integer
---@field IPPROTO_MPLS integer MPLS within IP
---@field IPPROTO_MPTCP integer TCP over several paths
---@field IPPROTO_MTP integer
---@field IPPROTO_MUX integer
---@field IPPROTO_ND integer
---@field IPPROTO_NHRP integer
---@field IPPROTO_NONE integer IPv6: nothing follows
---@field IPPROTO_NSP integer
---@field IPPROTO_NVPII integer
---@field IPPROTO_OLD_DIVERT integer
---@field IPPROTO_OSPFIGP integer open shortest path first
---@field IPPROTO_PFSYNC integer
---@field IPPROTO_PGM integer reliable multicast
---@field IPPROTO_PIGP integer
---@field IPPROTO_PIM integer protocol independent multicast
---@field IPPROTO_PRM integer
---@field IPPROTO_PUP integer
---@field IPPROTO_PVP integer
---@field IPPROTO_RAW integer raw IP packets with a header of the program
---@field IPPROTO_RCCMON integer
---@field IPPROTO_RDP integer
---@field IPPROTO_RESERVED_253 integer
---@field IPPROTO_RESERVED_254 integer
---@field IPPROTO_ROUTING integer IPv6 routing header
---@field IPPROTO_RSVP integer resource reservation
---@field IPPROTO_RVD integer
---@field IPPROTO_SATEXPAK integer
---@field IPPROTO_SATMON integer
---@field IPPROTO_SCCSP integer
---@field IPPROTO_SCTP integer stream control transmission protocol
---@field IPPROTO_SDRP integer
---@field IPPROTO_SEND integer
---@field IPPROTO_SEP integer
---@field IPPROTO_SHIM6 integer
---@field IPPROTO_SKIP integer
---@field IPPROTO_SRPC integer
---@field IPPROTO_ST integer
---@field IPPROTO_SVMTP integer
---@field IPPROTO_SWIPE integer
---@field IPPROTO_TCF integer
---@field IPPROTO_TCP integer transmission control protocol
---@field IPPROTO_TLSP integer
---@field IPPROTO_TP integer ISO transport protocol class 4
---@field IPPROTO_TPXX integer
---@field IPPROTO_TRUNK1 integer
---@field IPPROTO_TRUNK2 integer
---@field IPPROTO_TTP integer
---@field IPPROTO_UDP integer user datagram protocol
---@field IPPROTO_UDPLITE integer UDP with partial checksums
---@field IPPROTO_VINES integer
---@field IPPROTO_VISA integer
---@field IPPROTO_VMTP integer
---@field IPPROTO_VRRP integer virtual router redundancy
---@field IPPROTO_WBEXPAK integer
---@field IPPROTO_WBMON integer
---@field IPPROTO_WSN integer
---@field IPPROTO_XNET integer
---@field IPPROTO_XTP integer

do
---@class llsocket.socket
local sock = {}

---Gives the descriptor away: the program must close it, and the object is as if closed.
---@return integer fd the descriptor; -1 if the socket is closed
function sock:unwrap() end

---Makes a second socket object with a descriptor of its own for the same socket.
---@return llsocket.socket? sock the socket
---@return llsocket.error? err why it failed
function sock:dup() end

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
---Port 0 takes a free one; `getsockname` tells which.
---@param ai llsocket.addrinfo the address
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:bind(ai) end

---Connects to an address, or fixes the peer of a datagram socket.
---
---While a connection is being made, wait with `sendable` and then ask `error`, or call `connect` again: it answers `true` alone once connected.
---@param ai llsocket.addrinfo the address
---@return boolean ok `true` when connected or when the connection is being made
---@return llsocket.error? err why it failed; beside `true` EINPROGRESS or EALREADY: the connection is being made
---@return boolean? again `true` for EAGAIN and ETIMEDOUT: another attempt may succeed
function sock:connect(ai) end

---Ends one or both directions of a connection.
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:shutdown(flag) end

---Closes the socket, after a shutdown if a direction is given.
---
---Closing a closed socket is `true`. It is closed even when the shutdown fails; the error of the shutdown is then the one reported.
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:close(flag) end

---Waits for connections, which `accept` then takes.
---@param backlog? integer how many connections may wait to be accepted
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:listen(backlog) end

---Takes the next connection. It has the non-blocking state of the listener.
---@param with_ai? boolean whether to return the address of the peer too
---@return llsocket.socket? sock the connection
---@return llsocket.error? err why it failed
---@return boolean? again `true` if nobody waits to be accepted (EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED)
---@return llsocket.addrinfo? ai the address of the peer, if asked for
function sock:accept(with_ai) end

---Takes the next connection as a bare descriptor, which the program must close.
---@return integer? fd the descriptor
---@return llsocket.error? err why it failed
---@return boolean? again `true` if nobody waits to be accepted (EAGAIN, EWOULDBLOCK, EINTR, ECONNABORTED)
function sock:acceptfd() end

---Waits until the socket can send.
---@param msec? number milliseconds to wait, rounded up; 0 only looks (at least 0)
---@param exception? boolean whether to wait for urgent data too
---@return boolean ok `true` if the socket is ready
---@return llsocket.error? err why it failed
---@return boolean? timeout `true` if the time ran out
function sock:sendable(msec, exception) end

---Waits until something can be received, the end of the stream included.
---@param msec? number milliseconds to wait, rounded up; 0 only looks (at least 0)
---@param exception? boolean whether to wait for urgent data too
---@return boolean ok `true` if the socket is ready
---@return llsocket.error? err why it failed
---@return boolean? timeout `true` if the time ran out
function sock:recvable(msec, exception) end

---Tells whether the next byte of the stream is at the mark of urgent data.
---
---ENOTTY for a socket without urgent data, such as UDP.
---@return boolean? bool whether it is
---@return llsocket.error? err why it failed
function sock:atmark() end

---Tells the address of the socket.
---@return llsocket.addrinfo? ai the address
---@return llsocket.error? err why it failed
function sock:getsockname() end

---Tells the address of the peer.
---@return llsocket.addrinfo? ai the address
---@return llsocket.error? err why it failed
function sock:getpeername() end

---Reads or sets whether the descriptor is closed when the process runs another program.
---
---Every socket starts with it set.
---@param enable? boolean the new state; without it the state is only read
---@return boolean? enable the state before the call
---@return llsocket.error? err why it failed
function sock:cloexec(enable) end

---Reads or sets whether calls that would block return at once instead.
---@param enable? boolean the new state; without it the state is only read
---@return boolean? enable the state before the call
---@return llsocket.error? err why it failed
function sock:nonblock(enable) end

---Takes the pending error of the socket, such as the result of a connection attempt.
---@return llsocket.error? soerr the error; nil if none is pending
---@return llsocket.error? err why it failed
function sock:error() end

---Sends bytes; the same as `send` without flags.
---
---No call raises SIGPIPE: a peer that is gone is EPIPE or ECONNRESET.
---@param msg string the bytes to send
---@return integer? len bytes sent; 0 if none
---@return llsocket.error? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:write(msg) end

---Sends bytes, or one message, to the peer.
---
---No call raises SIGPIPE: a peer that is gone is EPIPE or ECONNRESET. An empty string sends nothing on a stream and an empty message elsewhere.
---@param msg string the bytes to send
---@param ... integer MSG_* constants
---@return integer? len bytes sent; 0 if none
---@return llsocket.error? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:send(msg, ...) end

---Sends one message to an address.
---@param msg string the bytes to send
---@param ai llsocket.addrinfo the address
---@param ... integer MSG_* constants
---@return integer? len bytes sent; 0 if none
---@return llsocket.error? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:sendto(msg, ai, ...) end

---Passes a descriptor over a unix socket, with one byte beside it that `recvfd` removes.
---@param fd integer the descriptor to pass; the receiver gets its own
---@param ai? llsocket.addrinfo the receiver, for a datagram socket without a peer
---@param ... integer MSG_* constants
---@return integer? len always 0
---@return llsocket.error? err why it failed
---@return boolean? again `true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again
function sock:sendfd(fd, ai, ...) end

---Sends the bytes of an iovec, with an address and control messages if the msghdr has them.
---
---The iovec keeps its bytes: after a short count, `iovec:consume` what was sent and call again. Control messages go with the first byte, so a short send takes them out of the cmsghdrs; on a stream without a byte they are refused (EINVAL).
---@param mh llsocket.msghdr what to send
---@param ... integer MSG_* constants
---@return integer? len bytes sent; 0 if none
---@return llsocket.error? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:sendmsg(mh, ...) end

---Sends part of a file without copying it through the program.
---
---The position of the file stays where it is.
---@param fd integer|file* a descriptor or an open Lua file; output that the file still holds is written first
---@param bytes integer how many bytes to send (at least 0)
---@param offset? integer where in the file to begin (at least 0)
---@return integer? len bytes sent; 0 without `again` at the end of the file
---@return llsocket.error? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:sendfile(fd, bytes, offset) end

---Receives bytes; the same as `recv` without flags.
---
---When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@return string? msg what arrived
---@return llsocket.error? err why it failed
---@return boolean? again `true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again
function sock:read(bufsize) end

---Receives bytes, or one message.
---
---When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return llsocket.error? err why it failed
---@return boolean? again `true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again
function sock:recv(bufsize, ...) end

---Receives one message and the address of its sender.
---
---When the peer closed a stream, all results are nil. A datagram without bytes is an empty string.
---@param bufsize? integer the most bytes to receive; 0 gives an empty string at once (at least 0)
---@param ... integer MSG_* constants
---@return string? msg what arrived
---@return llsocket.error? err why it failed
---@return boolean? again `true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again
---@return llsocket.addrinfo? ai the sender; nil where the protocol tells none
function sock:recvfrom(bufsize, ...) end

---Receives a descriptor that `sendfd` passed. It is close-on-exec and the program must close it.
---
---Ordinary data is never consumed: ENOMSG when it comes first or, on a stream, shares the message with the descriptor; EMSGSIZE when the message carries several descriptors or, on a datagram or seqpacket socket, more than one byte. `recvmsg` takes these with their descriptors. At the end of a stream all results are nil.
---@param ... integer MSG_* constants
---@return integer? fd the descriptor
---@return llsocket.error? err why it failed
---@return boolean? again `true` if the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR): try again
function sock:recvfd(...) end

---Receives into an iovec, with the address and control messages if the msghdr has room for them.
---
---The cmsghdrs of the msghdr is replaced by what arrived. `mh:flags()` tells whether data (MSG_TRUNC) or control messages (MSG_CTRUNC) were cut. An empty datagram is `0, nil, false`. When the peer closed a stream, all results are nil.
---@param mh llsocket.msghdr where everything goes
---@param ... integer MSG_* constants
---@return integer? len bytes received; 0 if none
---@return llsocket.error? err why it failed
---@return boolean? again `true` if the count is less than `mh:bytes()` and not 0, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function sock:recvmsg(mh, ...) end

---Receives what a multicast group is sent.
---
---EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr llsocket.addrinfo the group; its port does not matter
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:mcastjoin(mcaddr, ifname) end

---Leaves a multicast group.
---
---EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr llsocket.addrinfo the group; its port does not matter
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:mcastleave(mcaddr, ifname) end

---Receives what one sender sends to a multicast group.
---
---EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr llsocket.addrinfo the group; its port does not matter
---@param srcaddr llsocket.addrinfo the sender; its port does not matter
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:mcastjoinsrc(mcaddr, srcaddr, ifname) end

---No longer receives what one sender sends to a multicast group.
---
---EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr llsocket.addrinfo the group; its port does not matter
---@param srcaddr llsocket.addrinfo the sender; its port does not matter
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:mcastleavesrc(mcaddr, srcaddr, ifname) end

---Ignores one sender of a multicast group.
---
---EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr llsocket.addrinfo the group; its port does not matter
---@param srcaddr llsocket.addrinfo the sender; its port does not matter
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:mcastblocksrc(mcaddr, srcaddr, ifname) end

---Listens again to a sender that was blocked.
---
---EAFNOSUPPORT when group, sender and socket differ in IP version; ENODEV when there is no such interface; EADDRNOTAVAIL or EINVAL when the group or sender was not joined.
---@param mcaddr llsocket.addrinfo the group; its port does not matter
---@param srcaddr llsocket.addrinfo the sender; its port does not matter
---@param ifname? string the network interface; without it the system chooses by its routes (0 to 15 bytes)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function sock:mcastunblocksrc(mcaddr, srcaddr, ifname) end

---Whether the socket listens for connections.
---@return boolean? enabled the value
---@return llsocket.error? err why it failed
function sock:acceptconn() end

---The only network interface that the socket uses.
---
---'' lifts the restriction, which takes a privilege.
---@param ifname? string the new value; without it the option is only read (0 to 15 bytes)
---@return string? ifname the value before the call
---@return llsocket.error? err why it failed
function sock:bindtodevice(ifname) end

---Whether datagrams may be sent to a broadcast address.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:broadcast(enable) end

---Microseconds that a blocking receive polls the device before it sleeps.
---@param usec? integer the new value; without it the option is only read (at least 0)
---@return integer? usec the value before the call
---@return llsocket.error? err why it failed
function sock:busypoll(usec) end

---Whether the kernel records debugging information.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:debug(enable) end

---Whether to send to directly connected hosts only, without a gateway.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:dontroute(enable) end

---The processor that handles what the socket receives; -1 if none is known.
---@param cpu? integer the new value; without it the option is only read (at least -1)
---@return integer? cpu the value before the call
---@return llsocket.error? err why it failed
function sock:incomingcpu(cpu) end

---Whether an idle connection is probed.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:keepalive(enable) end

---Seconds that close waits until data is sent; a negative number turns it off, and off reads -1.
---
---With 0, closing a TCP connection resets it.
---@param sec? integer the new value; without it the option is only read
---@return integer? sec the value before the call
---@return llsocket.error? err why it failed
function sock:linger(sec) end

---The mark on what is sent, for routing and packet filters.
---
---A mark above 2147483647 is given and read as the negative number with the same bits.
---@param mark? integer the new value; without it the option is only read
---@return integer? mark the value before the call
---@return llsocket.error? err why it failed
function sock:mark(mark) end

---Whether urgent data is left in the stream.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:oobinline(enable) end

---Whether messages arrive with the credentials of the sender (SCM_CREDENTIALS).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:passcred(enable) end

---Where the next receive with MSG_PEEK begins; -1 turns it off.
---@param offset? integer the new value; without it the option is only read (at least -1)
---@return integer? offset the value before the call
---@return llsocket.error? err why it failed
function sock:peekoff(offset) end

---The queueing priority of what is sent.
---
---Above 6 it needs a privilege. Setting `tos` on IPv4 changes it too.
---@param prio? integer the new value; without it the option is only read (at least 0)
---@return integer? prio the value before the call
---@return llsocket.error? err why it failed
function sock:priority(prio) end

---Bytes of the receive buffer.
---
---Linux doubles the value that is set and limits it to net.core.rmem_max.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value before the call
---@return llsocket.error? err why it failed
function sock:rcvbuf(sz) end

---Bytes that must be there before a receive returns.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value before the call
---@return llsocket.error? err why it failed
function sock:rcvlowat(sz) end

---Seconds that a blocking receive waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds.
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value before the call
---@return llsocket.error? err why it failed
function sock:rcvtimeo(sec) end

---Whether bind may take an address that old connections still use.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:reuseaddr(enable) end

---Whether several sockets may bind one address and share its load.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:reuseport(enable) end

---Whether a control message (SO_RXQ_OVFL) tells how many datagrams were dropped.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:rxqovfl(enable) end

---Bytes of the send buffer.
---
---Linux doubles the value that is set and limits it to net.core.wmem_max.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value before the call
---@return llsocket.error? err why it failed
function sock:sndbuf(sz) end

---Bytes that must fit before the socket counts as writable.
---
---Linux always reads 1.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value before the call
---@return llsocket.error? err why it failed
function sock:sndlowat(sz) end

---Seconds that a blocking send waits; 0 is for ever.
---
---Linux rounds up to its clock tick, 1 to 10 milliseconds.
---@param sec? number the new value; without it the option is only read (at least 0)
---@return number? sec the value before the call
---@return llsocket.error? err why it failed
function sock:sndtimeo(sec) end

---Whether datagrams arrive with their time in microseconds (SCM_TIMESTAMP).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:timestamp(enable) end

---Whether datagrams arrive with their time in nanoseconds (SCM_TIMESTAMPNS).
---
---Of `timestamp` and `timestampns` the one set last is in force.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:timestampns(enable) end

---Whether MSG_ZEROCOPY may be used.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:zerocopy(enable) end

---The name of the congestion control algorithm.
---@param name? string the new value; without it the option is only read (0 to 15 bytes)
---@return string? name the value before the call
---@return llsocket.error? err why it failed
function sock:tcpcongestion(name) end

---Whether partial segments are held back, at most 200 milliseconds on Linux.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:tcpcork(enable) end

---Seconds that a listener waits for the first data before it offers a connection.
---
---Linux rounds up to a number of retransmissions: 1, 3, 7, 15 seconds and so on.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value before the call
---@return llsocket.error? err why it failed
function sock:tcpdeferaccept(sec) end

---How many connections with data in their first packet a listener lets wait.
---@param cnt? integer the new value; without it the option is only read (at least 0)
---@return integer? cnt the value before the call
---@return llsocket.error? err why it failed
function sock:tcpfastopen(cnt) end

---Whether connect waits for the first data and sends it along.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:tcpfastopenconnect(enable) end

---Unanswered probes after which a connection is given up.
---@param cnt? integer the new value; without it the option is only read (at least 0)
---@return integer? cnt the value before the call
---@return llsocket.error? err why it failed
function sock:tcpkeepcnt(cnt) end

---Idle seconds before the first probe.
---
---TCP_KEEPIDLE on Linux and BSD, TCP_KEEPALIVE on macOS.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value before the call
---@return llsocket.error? err why it failed
function sock:tcpkeepalive(sec) end

---Seconds between probes.
---@param sec? integer the new value; without it the option is only read (at least 0)
---@return integer? sec the value before the call
---@return llsocket.error? err why it failed
function sock:tcpkeepintvl(sec) end

---Seconds that a closed connection waits for the end of the peer; -1 does not wait.
---@param sec? integer the new value; without it the option is only read (at least -1)
---@return integer? sec the value before the call
---@return llsocket.error? err why it failed
function sock:tcplinger2(sec) end

---Largest segment in bytes.
---
---On a connection it reads what is in force, which may be less than what was set.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value before the call
---@return llsocket.error? err why it failed
function sock:tcpmaxseg(sz) end

---Whether small segments are sent at once.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:tcpnodelay(enable) end

---Unsent bytes above which the socket does not count as writable; 0 is the default of the system.
---@param sz? integer the new value; without it the option is only read (at least 0)
---@return integer? sz the value before the call
---@return llsocket.error? err why it failed
function sock:tcpnotsentlowat(sz) end

---Whether acknowledgements are sent at once.
---
---Linux changes it by itself as the connection goes on.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:tcpquickack(enable) end

---How often connect repeats its first packet.
---@param cnt? integer the new value; without it the option is only read (at least 0)
---@return integer? cnt the value before the call
---@return llsocket.error? err why it failed
function sock:tcpsyncnt(cnt) end

---Milliseconds that sent data may stay unacknowledged; 0 is the default of the system.
---@param msec? integer the new value; without it the option is only read (at least 0)
---@return integer? msec the value before the call
---@return llsocket.error? err why it failed
function sock:tcpusertimeout(msec) end

---Whether the kernel joins datagrams of one sender; a control message (UDP_GRO) tells their size.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:udpgro(enable) end

---Bytes of each datagram into which the kernel splits a long send; 0 turns it off.
---@param sz? integer the new value; without it the option is only read (0 to 65535)
---@return integer? sz the value before the call
---@return llsocket.error? err why it failed
function sock:udpsegment(sz) end

---Whether bind may take an address that this machine does not have (yet).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:freebind(enable) end

---Packets that arrive with fewer hops left are dropped; 0 drops none.
---@param ttl? integer the new value; without it the option is only read (0 to 255)
---@return integer? ttl the value before the call
---@return llsocket.error? err why it failed
function sock:minttl(ttl) end

---The known path MTU in bytes; ENOTCONN without a connection.
---@return integer? sz the value
---@return llsocket.error? err why it failed
function sock:mtu() end

---How the path MTU is found: one of IP_PMTUDISC_DONT, _WANT, _DO, _PROBE, _INTERFACE, _OMIT.
---@param mode? integer the new value; without it the option is only read (at least 0)
---@return integer? mode the value before the call
---@return llsocket.error? err why it failed
function sock:mtudiscover(mode) end

---Whether datagrams of groups that only other sockets joined arrive too.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:mcastall(enable) end

---The network interface through which multicast datagrams leave.
---
---An interface that does not exist is ENODEV; the empty name goes back to the choice of the system. An IPv4 socket remembers an address: an interface without an IPv4 address works and reads nil.
---@param ifname? string the new value; without it the option is only read (0 to 15 bytes)
---@return string? ifname the value before the call
---@return llsocket.error? err why it failed
function sock:mcastif(ifname) end

---Whether multicast datagrams come back to this machine.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:mcastloop(enable) end

---How many hops multicast datagrams may travel.
---@param ttl? integer the new value; without it the option is only read (0 to 255)
---@return integer? ttl the value before the call
---@return llsocket.error? err why it failed
function sock:mcastttl(ttl) end

---Whether datagrams arrive with their destination and interface (IP_PKTINFO, IPV6_PKTINFO).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:pktinfo(enable) end

---Whether errors are kept in the error queue, for a receive with MSG_ERRQUEUE.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:recverr(enable) end

---Whether datagrams arrive with their type of service (IP_TOS, IPV6_TCLASS).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:recvtos(enable) end

---Whether datagrams arrive with their remaining hops (IP_TTL, IPV6_HOPLIMIT).
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:recvttl(enable) end

---Type of service or traffic class of what is sent.
---
---On TCP the two lowest bits belong to the kernel and read 0.
---@param tos? integer the new value; without it the option is only read (0 to 255)
---@return integer? tos the value before the call
---@return llsocket.error? err why it failed
function sock:tos(tos) end

---Whether the socket may use addresses of others, as a transparent proxy does.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:transparent(enable) end

---How many hops packets may travel.
---
---Linux refuses 0 for IPv4.
---@param ttl? integer the new value; without it the option is only read (0 to 255)
---@return integer? ttl the value before the call
---@return llsocket.error? err why it failed
function sock:ttl(ttl) end

---Whether an IPv6 socket refuses IPv4; must be set before bind.
---@param enable? boolean the new value; without it the option is only read
---@return boolean? enable the value before the call
---@return llsocket.error? err why it failed
function sock:v6only(enable) end

---@class llsocket.socket_module
local socket = {}

---Makes a socket.
---@param family integer an AF_* constant
---@param socktype integer a SOCK_* constant
---@param protocol? integer an IPPROTO_* constant; 0 is the usual protocol of the type
---@param nonblock? boolean whether calls that would block return at once instead
---@return llsocket.socket? sock the socket
---@return llsocket.error? err why it failed
function socket.new(family, socktype, protocol, nonblock) end

---Makes two unix sockets that are connected with each other.
---@param socktype integer a SOCK_* constant
---@param protocol? integer an IPPROTO_* constant; 0 is the usual protocol of the type
---@param nonblock? boolean whether calls that would block return at once instead
---@return llsocket.socket[]? socks the two sockets, at 1 and 2
---@return llsocket.error? err why it failed
function socket.pair(socktype, protocol, nonblock) end

---Makes a socket of a descriptor, which then belongs to it and is close-on-exec.
---
---When it fails the descriptor stays open and belongs to the program.
---@param fd integer a descriptor number
---@param nonblock? boolean `true` makes it non-blocking; otherwise the state stays
---@return llsocket.socket? sock the socket
---@return llsocket.error? err why it failed
function socket.wrap(fd, nonblock) end

---Ends one or both directions of a connection, by descriptor number.
---@param fd integer a descriptor number
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function socket.shutdown(fd, flag) end

---Closes a descriptor, after a shutdown if a direction is given.
---
---It is closed even when the shutdown fails; the error of the shutdown is then the one reported.
---@param fd integer a descriptor number
---@param flag? integer SHUT_RD, SHUT_WR or SHUT_RDWR (0 to 2)
---@return boolean ok `true` on success, else `false`
---@return llsocket.error? err why it failed
function socket.close(fd, flag) end
end

do
---@class llsocket.addrinfo
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
---@return { host: string, service: string, serv: string }? names fields `host` and `service`; `serv` is an older name of `service`
---@return llsocket.error? err why it failed
function ai:getnameinfo(...) end

---@class llsocket.addrinfo_module
local addrinfo = {}

---Makes an IPv4 address.
---
---The name of a host is looked up and its first address taken; with AI_NUMERICHOST it is EAI_NONAME instead.
---@param addr? string such as `127.0.0.1`; without it the loopback address, or with AI_PASSIVE the wildcard
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param socktype? integer a SOCK_* constant: the kind of socket that it is for
---@param protocol? integer an IPPROTO_* constant
---@param ... integer AI_* constants
---@return llsocket.addrinfo? ai the address
---@return llsocket.error? err why it failed
function addrinfo.inet(addr, port, socktype, protocol, ...) end

---Makes an IPv6 address.
---
---The name of a host is looked up and its first address taken; with AI_NUMERICHOST it is EAI_NONAME instead.
---@param addr? string such as `fe80::1%eth0`; without it the loopback address, or with AI_PASSIVE the wildcard
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param socktype? integer a SOCK_* constant: the kind of socket that it is for
---@param protocol? integer an IPPROTO_* constant
---@param ... integer AI_* constants
---@return llsocket.addrinfo? ai the address
---@return llsocket.error? err why it failed
function addrinfo.inet6(addr, port, socktype, protocol, ...) end

---Makes a unix address.
---
---A path holds up to `env.unixpath_max` bytes. A NUL inside a path is EINVAL.
---@param path string a path; on Linux a string that begins with a NUL is an abstract name, '' the unnamed address
---@param socktype? integer a SOCK_* constant: the kind of socket that it is for
---@param protocol? integer an IPPROTO_* constant
---@param ... integer AI_* constants; none has a meaning here
---@return llsocket.addrinfo? ai the address
---@return llsocket.error? err why it failed
function addrinfo.unix(path, socktype, protocol, ...) end

---Looks up the addresses of a host and a service.
---
---It waits for the name server.
---@param host? string a name or an address; without it this machine, or with AI_PASSIVE the wildcard address
---@param port? integer|string a number, or a string with a number or the name of a service; 0 if missing (0 to 65535)
---@param family? integer AF_INET, AF_INET6 or AF_UNSPEC for both
---@param socktype? integer a SOCK_* constant; 0 for every kind
---@param protocol? integer an IPPROTO_* constant
---@param ... integer AI_* constants
---@return llsocket.addrinfo[]? list addrinfo objects, the best first
---@return llsocket.error? err why it failed
function addrinfo.getaddrinfo(host, port, family, socktype, protocol, ...) end

---Makes an address of any other family: netlink, packet, vsock and so on.
---@param family integer an AF_* constant (0 to 65535)
---@param bytes string everything behind `sa_family` in the address structure
---@param socktype? integer a SOCK_* constant: the kind of socket that it is for
---@param protocol? integer an IPPROTO_* constant
---@return llsocket.addrinfo? ai the address
---@return llsocket.error? err why it failed
function addrinfo.opaque(family, bytes, socktype, protocol) end
end

do
---@class llsocket.iovec
---@operator len: integer
local iov = {}

---Adds a string at the end.
---
---EINVAL for an empty string; ENOBUFS when there are IOV_MAX elements.
---@param str string the bytes
---@return integer? index the number of the new element
---@return llsocket.error? err why it failed
function iov:add(str) end

---Adds room for bytes at the end, filled with NULs.
---
---EINVAL for 0 bytes; ENOBUFS when there are IOV_MAX elements.
---@param n integer how many bytes (at least 0)
---@return integer? index the number of the new element
---@return llsocket.error? err why it failed
function iov:addn(n) end

---Replaces an element; its length may change.
---
---EINVAL for an empty string.
---@param str string the new bytes
---@param idx integer the number of an element, from 1 (at least 1)
---@return boolean ok `false` if there is no such element
---@return llsocket.error? err why it failed
function iov:set(str, idx) end

---Tells the bytes of an element.
---@param idx integer the number of an element, from 1 (at least 1)
---@return string? str the bytes; nil if there is no such element
function iov:get(idx) end

---Removes an element; the last one takes its place.
---@param idx integer the number of an element, from 1 (at least 1)
---@return string? str the bytes removed; nil if there is no such element
---@return integer? moved the number that the element now in its place had; nil if the last one was removed
function iov:del(idx) end

---Tells the size of all elements together.
---@return integer n the number of bytes
function iov:bytes() end

---Removes bytes from the front; elements that are used up go.
---@param n integer how many bytes (at least 0)
---@return integer left the bytes that are left
function iov:consume(n) end

---Joins the bytes of all elements, or a part of them.
---@param offset? integer how many bytes of the iovec to skip (at least 0)
---@param n? integer how many bytes; all if missing (at least 0)
---@return string str the bytes
function iov:concat(offset, n) end

---Writes the bytes to a descriptor. The iovec keeps them.
---
---No call raises SIGPIPE.
---@param fd integer a descriptor of any kind
---@param offset? integer how many bytes of the iovec to skip (at least 0)
---@param n? integer how many bytes; all if missing (at least 0)
---@return integer? len bytes written; 0 if none
---@return llsocket.error? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function iov:writev(fd, offset, n) end

---Reads from a descriptor into the elements.
---
---At the end of the file or stream all results are nil. An empty datagram is `0, nil, false`.
---@param fd integer a descriptor of any kind
---@param offset? integer how many bytes of the iovec to skip (at least 0)
---@param n? integer how many bytes; all if missing (at least 0)
---@return integer? len bytes read
---@return llsocket.error? err why it failed
---@return boolean? again `true` if not everything was moved, or the call would block or was interrupted (EAGAIN, EWOULDBLOCK, EINTR)
function iov:readv(fd, offset, n) end

---@class llsocket.iovec_module
---@field IOV_MAX integer the most elements that an iovec can have
local iovec = {}

---Makes an empty iovec.
---@return llsocket.iovec iov the iovec
function iovec.new() end
end

do
---@class llsocket.msghdr
local mh = {}

---Reads or sets the address: the receiver of `sendmsg`, the sender after `recvmsg`.
---
---Without an argument it only reads. `recvmsg` replaces it.
---@param ai? llsocket.addrinfo the new one; nil removes it
---@return llsocket.addrinfo? ai the one before the call
function mh:name(ai) end

---Reads or sets the buffers.
---
---Without an argument it only reads. Without buffers a message has no bytes.
---@param iov? llsocket.iovec the new one; nil removes it
---@return llsocket.iovec? iov the one before the call
function mh:iov(iov) end

---Reads or sets the control messages.
---
---Without an argument it only reads. Without a cmsghdrs `recvmsg` drops control messages and says so in the flags.
---@param cmsgs? llsocket.cmsghdrs the new one; nil removes it
---@return llsocket.cmsghdrs? cmsgs the one before the call
function mh:control(cmsgs) end

---Tells what the kernel said of the last message received.
---@return integer flags MSG_TRUNC, MSG_CTRUNC, MSG_EOR and so on, OR-ed
function mh:flags() end

---Tells the size of the buffers.
---@return integer n the number of bytes; 0 without buffers
function mh:bytes() end

---@class llsocket.msghdr_module
local msghdr = {}

---Makes an empty message.
---@return llsocket.msghdr mh the message
function msghdr.new() end
end

do
---@class llsocket.cmsghdr
local cmsg = {}

---Tells the level.
---@return integer level SOL_SOCKET or an IPPROTO_* constant
function cmsg:level() end

---Tells the type.
---@return integer type an SCM_* constant, or another type of the level
function cmsg:type() end

---Tells the data.
---
---Received descriptors belong to the object and are closed with it until `data` hands them out; then the program must close them.
---@return any ... the bytes as a string; for SCM_RIGHTS the descriptors, one result each
function cmsg:data() end

---@class llsocket.cmsghdr_module
local cmsghdr = {}

---Makes a control message.
---
---For SCM_RIGHTS the data must be a whole number of ints; `rights` is simpler.
---@param level integer SOL_SOCKET or an IPPROTO_* constant
---@param type integer an SCM_* constant, or another type of the level
---@param data string the bytes of the native structure
---@return llsocket.cmsghdr cmsg the control message
function cmsghdr.new(level, type, data) end

---Makes a control message that passes descriptors. They stay open and belong to the program.
---@param ... integer 1 to 253 descriptors
---@return llsocket.cmsghdr cmsg the control message
function cmsghdr.rights(...) end
end

do
---@class llsocket.cmsghdrs
---@operator len: integer
local cmsgs = {}

---Adds a control message at the end.
---@param cmsg llsocket.cmsghdr the control message
function cmsgs:push(cmsg) end

---Removes the first control message.
---@return llsocket.cmsghdr? cmsg the control message; nil if there is none
function cmsgs:shift() end

---@class llsocket.cmsghdrs_module
local cmsghdrs = {}

---Makes an empty queue.
---@return llsocket.cmsghdrs cmsgs the queue
function cmsghdrs.new() end
end

do
---@class llsocket.device_module
local device = {}

---Lists the network interfaces.
---@return table<string, llsocket.interface>? devices interface name to interface, as described above
---@return llsocket.error? err why it failed
function device.getifaddrs() end
end

do
---@class llsocket.env_module
---@field os string the name of the system, such as `Linux` (uname(2))
---@field unixpath_max integer bytes that the path of a unix address can have (unix(7))
---@field somaxconn integer the default backlog of `listen`: SOMAXCONN
local env = {}
end

do
---@class llsocket.errno
---@field name string its canonical name: `EAGAIN`, also for `errno.EWOULDBLOCK`
---@field code integer its number
---@field message string the system's text
local e = {}

---@class llsocket.errno_module
---@field EACCES llsocket.errno permission denied
---@field EADDRINUSE llsocket.errno the address is in use
---@field EADDRNOTAVAIL llsocket.errno this machine does not have the address
---@field EAFNOSUPPORT llsocket.errno the address family is not supported, or does not fit the socket
---@field EAGAIN llsocket.errno the call would block: try again
---@field EALREADY llsocket.errno a connection attempt is still under way
---@field EBADF llsocket.errno not an open descriptor; in this library also a closed object
---@field ECANCELED llsocket.errno the operation was cancelled
---@field ECONNABORTED llsocket.errno the connection was given up before it was accepted
---@field ECONNREFUSED llsocket.errno nobody listens at the address
---@field ECONNRESET llsocket.errno the peer ended the connection without ceremony
---@field EDESTADDRREQ llsocket.errno a destination is needed
---@field EFAULT llsocket.errno bad memory address
---@field EHOSTDOWN llsocket.errno the host is down
---@field EHOSTUNREACH llsocket.errno no route to the host
---@field EINPROGRESS llsocket.errno the connection is being made
---@field EINTR llsocket.errno a signal interrupted the call: try again
---@field EINVAL llsocket.errno an argument makes no sense to the kernel
---@field EISCONN llsocket.errno already connected
---@field EMFILE llsocket.errno the process has too many open descriptors
---@field EMSGSIZE llsocket.errno the message is too long
---@field ENAMETOOLONG llsocket.errno the name is too long
---@field ENETDOWN llsocket.errno the network is down
---@field ENETRESET llsocket.errno the network dropped the connection
---@field ENETUNREACH llsocket.errno no route to the network
---@field ENFILE llsocket.errno the system has too many open descriptors
---@field ENOBUFS llsocket.errno no room in a queue or buffer
---@field ENODEV llsocket.errno no such device or interface
---@field ENOMEM llsocket.errno out of memory
---@field ENOMSG llsocket.errno no message of the wanted kind
---@field ENOPROTOOPT llsocket.errno the option is unknown to this kind of socket
---@field ENOTCONN llsocket.errno not connected
---@field ENOTSOCK llsocket.errno the descriptor is not a socket
---@field EOPNOTSUPP llsocket.errno this kind of socket does not support the operation
---@field ENOTSUP llsocket.errno not supported
---@field EPERM llsocket.errno a privilege is needed, or a firewall forbids it
---@field EPFNOSUPPORT llsocket.errno the protocol family is not supported
---@field EPIPE llsocket.errno the connection is closed for sending
---@field EPROTO llsocket.errno protocol error
---@field EPROTONOSUPPORT llsocket.errno the protocol is not supported
---@field EPROTOTYPE llsocket.errno the protocol does not fit the socket type
---@field ESHUTDOWN llsocket.errno the socket was shut down
---@field ESOCKTNOSUPPORT llsocket.errno the socket type is not supported
---@field ETIMEDOUT llsocket.errno the peer did not answer in time
---@field ETOOMANYREFS llsocket.errno too many descriptors are being passed
---@field EWOULDBLOCK llsocket.errno the call would block
---@field E2BIG llsocket.errno argument list too long
---@field EBADMSG llsocket.errno bad message
---@field EBUSY llsocket.errno device or resource busy
---@field ECHILD llsocket.errno no child process
---@field EDEADLK llsocket.errno deadlock avoided
---@field EDEADLOCK llsocket.errno deadlock avoided
---@field EDOM llsocket.errno number outside the domain of the function
---@field EDQUOT llsocket.errno disk quota exceeded
---@field EEXIST llsocket.errno file exists
---@field EFBIG llsocket.errno file too large
---@field EIDRM llsocket.errno identifier removed
---@field EILSEQ llsocket.errno illegal byte sequence
---@field EIO llsocket.errno input or output error
---@field EISDIR llsocket.errno is a directory
---@field ELOOP llsocket.errno too many symbolic links
---@field EMLINK llsocket.errno too many links
---@field EMULTIHOP llsocket.errno multihop attempted
---@field ENODATA llsocket.errno no data
---@field ENOENT llsocket.errno no such file or directory
---@field ENOEXEC llsocket.errno not an executable
---@field ENOLCK llsocket.errno no locks available
---@field ENOLINK llsocket.errno link was severed
---@field ENOSPC llsocket.errno no space left on the device
---@field ENOSR llsocket.errno out of stream resources
---@field ENOSTR llsocket.errno not a stream device
---@field ENOSYS llsocket.errno not implemented by the system
---@field ENOTBLK llsocket.errno block device required
---@field ENOTDIR llsocket.errno not a directory
---@field ENOTEMPTY llsocket.errno directory not empty
---@field ENOTRECOVERABLE llsocket.errno state not recoverable
---@field ENOTTY llsocket.errno not a terminal, or not the right device
---@field ENXIO llsocket.errno no such device or address
---@field EOVERFLOW llsocket.errno value too large
---@field EOWNERDEAD llsocket.errno previous owner died
---@field ERANGE llsocket.errno result too large
---@field EREMOTE llsocket.errno object is remote
---@field EROFS llsocket.errno read-only file system
---@field ESPIPE llsocket.errno cannot seek
---@field ESRCH llsocket.errno no such process
---@field ESTALE llsocket.errno stale file handle
---@field ETIME llsocket.errno timer expired
---@field ETXTBSY llsocket.errno program file is in use
---@field EUSERS llsocket.errno too many users
---@field EXDEV llsocket.errno link across devices
---@field EADV llsocket.errno advertise error
---@field EBADE llsocket.errno invalid exchange
---@field EBADFD llsocket.errno descriptor in a bad state
---@field EBADR llsocket.errno invalid request descriptor
---@field EBADRQC llsocket.errno invalid request code
---@field EBADSLT llsocket.errno invalid slot
---@field EBFONT llsocket.errno bad font file
---@field ECHRNG llsocket.errno channel number out of range
---@field ECOMM llsocket.errno communication error on send
---@field EDOTDOT llsocket.errno RFS error
---@field EHWPOISON llsocket.errno memory page with a hardware error
---@field EISNAM llsocket.errno is a named file type
---@field EKEYEXPIRED llsocket.errno key has expired
---@field EKEYREJECTED llsocket.errno key was rejected
---@field EKEYREVOKED llsocket.errno key was revoked
---@field EL2HLT llsocket.errno level 2 halted
---@field EL2NSYNC llsocket.errno level 2 not synchronised
---@field EL3HLT llsocket.errno level 3 halted
---@field EL3RST llsocket.errno level 3 reset
---@field ELIBACC llsocket.errno cannot reach a shared library
---@field ELIBBAD llsocket.errno corrupt shared library
---@field ELIBEXEC llsocket.errno cannot execute a shared library
---@field ELIBMAX llsocket.errno too many shared libraries
---@field ELIBSCN llsocket.errno corrupt .lib section
---@field ELNRNG llsocket.errno link number out of range
---@field EMEDIUMTYPE llsocket.errno wrong medium type
---@field ENAVAIL llsocket.errno no XENIX semaphores available
---@field ENOANO llsocket.errno no anode
---@field ENOCSI llsocket.errno no CSI structure available
---@field ENOKEY llsocket.errno required key not available
---@field ENOMEDIUM llsocket.errno no medium found
---@field ENONET llsocket.errno not on a network
---@field ENOPKG llsocket.errno package not installed
---@field ENOTNAM llsocket.errno not a XENIX named file
---@field ENOTUNIQ llsocket.errno name not unique on the network
---@field EREMCHG llsocket.errno remote address changed
---@field EREMOTEIO llsocket.errno remote input or output error
---@field ERESTART llsocket.errno interrupted call should be restarted
---@field ERFKILL llsocket.errno switched off by RF-kill
---@field ESRMNT llsocket.errno srmount error
---@field ESTRPIPE llsocket.errno stream pipe error
---@field EUCLEAN llsocket.errno file system needs cleaning
---@field EUNATCH llsocket.errno protocol driver not attached
---@field EXFULL llsocket.errno exchange full
---@field EASYNC llsocket.errno operation goes on in the background
---@field EAUTH llsocket.errno authentication error
---@field EBADARCH llsocket.errno executable for another processor
---@field EBADEXEC llsocket.errno bad executable
---@field EBADMACHO llsocket.errno malformed Mach-O file
---@field EBADRPC llsocket.errno RPC structure is bad
---@field ECAPMODE llsocket.errno not permitted in capability mode
---@field EDEVERR llsocket.errno device error
---@field EDOOFUS llsocket.errno programming error
---@field EFTYPE llsocket.errno inappropriate file type
---@field EINTEGRITY llsocket.errno integrity check failed
---@field EIPSEC llsocket.errno IPsec processing failed
---@field ENEEDAUTH llsocket.errno need authenticator
---@field ENOATTR llsocket.errno attribute not found
---@field ENOPOLICY llsocket.errno no such policy
---@field ENOTCAPABLE llsocket.errno insufficient capabilities
---@field EPROCLIM llsocket.errno too many processes
---@field EPROCUNAVAIL llsocket.errno bad procedure for the program
---@field EPROGMISMATCH llsocket.errno program version wrong
---@field EPROGUNAVAIL llsocket.errno RPC program not available
---@field EPWROFF llsocket.errno device power is off
---@field EQFULL llsocket.errno interface output queue is full
---@field ERPCMISMATCH llsocket.errno RPC version wrong
---@field ESHLIBVERS llsocket.errno shared library version mismatch
---@field EAI_ADDRFAMILY llsocket.errno the host has no address of the wanted family
---@field EAI_AGAIN llsocket.errno the name server did not answer: try again
---@field EAI_BADFLAGS llsocket.errno flags that do not go together, or AI_CANONNAME without a host
---@field EAI_FAIL llsocket.errno the name server failed for good
---@field EAI_FAMILY llsocket.errno the family is not supported
---@field EAI_MEMORY llsocket.errno out of memory
---@field EAI_NONAME llsocket.errno no such host or service, or neither was given
---@field EAI_NODATA llsocket.errno the host exists but has no address
---@field EAI_OVERFLOW llsocket.errno the name does not fit its buffer
---@field EAI_SERVICE llsocket.errno the service does not exist for the socket type
---@field EAI_SOCKTYPE llsocket.errno the socket type is not supported
---@field EAI_SYSTEM llsocket.errno a system call failed; such a failure is reported as its errno
---@field EAI_ALLDONE llsocket.errno all requests are done (getaddrinfo_a)
---@field EAI_BADHINTS llsocket.errno bad hints (BSD, macOS)
---@field EAI_CANCELED llsocket.errno the request was cancelled (getaddrinfo_a)
---@field EAI_IDN_ENCODE llsocket.errno the host name cannot be encoded
---@field EAI_INPROGRESS llsocket.errno the request is being worked on (getaddrinfo_a)
---@field EAI_INTR llsocket.errno a signal interrupted the request (getaddrinfo_a)
---@field EAI_NOTCANCELED llsocket.errno the request could not be cancelled (getaddrinfo_a)
---@field EAI_PROTOCOL llsocket.errno the protocol is unknown (BSD, macOS)
---@field TLS_PROTOCOL llsocket.errno TLS with the peer failed
---@field TLS_TRUNCATED llsocket.errno the peer ended the connection without saying so in TLS: bytes may be missing
---@field TLS_CONFIG llsocket.errno a setting that TLS cannot work with
---@field TLS_NO_NAME llsocket.errno no servername to check the certificate against
---@field CERT_NOT_YET_VALID llsocket.errno the certificate is not valid yet
---@field CERT_HAS_EXPIRED llsocket.errno the certificate has expired
---@field HOSTNAME_MISMATCH llsocket.errno the certificate is for another name
---@field IP_ADDRESS_MISMATCH llsocket.errno the certificate is for another IP address
---@field DEPTH_ZERO_SELF_SIGNED_CERT llsocket.errno the certificate is self-signed and not trusted
---@field SELF_SIGNED_CERT_IN_CHAIN llsocket.errno the chain ends with a root certificate that is not trusted
---@field UNABLE_TO_GET_ISSUER_CERT_LOCALLY llsocket.errno the certificate of the issuer is neither trusted nor in the chain
---@field UNABLE_TO_GET_ISSUER_CERT llsocket.errno the certificate of an issuer is missing
---@field UNABLE_TO_VERIFY_LEAF_SIGNATURE llsocket.errno no certificate of an issuer to verify the first one with
---@field CERT_REVOKED llsocket.errno the certificate was revoked
---@field CERT_CHAIN_TOO_LONG llsocket.errno the chain of certificates is longer than allowed
---@field CERT_SIGNATURE_FAILURE llsocket.errno the signature of the certificate is wrong
---@field CERT_UNTRUSTED llsocket.errno the root certificate is not trusted for this purpose
---@field CERT_REJECTED llsocket.errno the root certificate is marked as rejected
---@field INVALID_CA llsocket.errno an issuer is no certificate authority
---@field INVALID_NON_CA llsocket.errno a certificate of an authority where none is allowed
---@field INVALID_PURPOSE llsocket.errno the certificate is not made for this purpose
---@field PATH_LENGTH_EXCEEDED llsocket.errno more intermediate authorities than an authority allows
---@field PERMITTED_VIOLATION llsocket.errno the name is not among those that the authority may certify
---@field EXCLUDED_VIOLATION llsocket.errno the name is among those that the authority must not certify
---@field SUBTREE_MINMAX llsocket.errno name constraints with minimum or maximum are not supported
---@field UNSUPPORTED_CONSTRAINT_TYPE llsocket.errno name constraints of an unknown type
---@field UNSUPPORTED_CONSTRAINT_SYNTAX llsocket.errno name constraints in an unknown form
---@field UNSUPPORTED_NAME_SYNTAX llsocket.errno a name in an unknown form
---@field EE_KEY_TOO_SMALL llsocket.errno the key of the certificate is too small
---@field CA_KEY_TOO_SMALL llsocket.errno the key of an authority is too small
---@field CA_MD_TOO_WEAK llsocket.errno an authority signed with a digest that is too weak
---@field UNABLE_TO_GET_CRL llsocket.errno no revocation list of the authority
---@field UNABLE_TO_GET_CRL_ISSUER llsocket.errno the certificate of the revocation list's issuer is missing
---@field CRL_NOT_YET_VALID llsocket.errno the revocation list is not valid yet
---@field CRL_HAS_EXPIRED llsocket.errno the revocation list has expired
---@field CRL_SIGNATURE_FAILURE llsocket.errno the signature of the revocation list is wrong
---@field CRL_PATH_VALIDATION_ERROR llsocket.errno the revocation list could not be verified
---@field DIFFERENT_CRL_SCOPE llsocket.errno the revocation list is for other certificates
---@field KEYUSAGE_NO_CRL_SIGN llsocket.errno the authority may not sign revocation lists
---@field KEYUSAGE_NO_CERTSIGN llsocket.errno the key of an issuer may not sign certificates
---@field KEYUSAGE_NO_DIGITAL_SIGNATURE llsocket.errno the key may not make digital signatures
---@field OCSP_VERIFY_NEEDED llsocket.errno the server stapled no OCSP response, which is required
---@field OCSP_VERIFY_FAILED llsocket.errno the stapled OCSP response is damaged, or signed by somebody who may not
---@field OCSP_CERT_UNKNOWN llsocket.errno the stapled OCSP response does not know the certificate
---@field OCSP_NOT_YET_VALID llsocket.errno the stapled OCSP response is not valid yet
---@field OCSP_HAS_EXPIRED llsocket.errno the stapled OCSP response is out of date
---@field UNHANDLED_CRITICAL_EXTENSION llsocket.errno a critical extension that is not understood
---@field INVALID_EXTENSION llsocket.errno an extension of the certificate is invalid
---@field UNSUPPORTED_SIGNATURE_ALGORITHM llsocket.errno the algorithm of a signature is not supported
---@field UNSPECIFIED llsocket.errno the certificate was refused
---@field ERROR_IN_CERT_NOT_BEFORE_FIELD llsocket.errno the certificate has no valid begin
---@field ERROR_IN_CERT_NOT_AFTER_FIELD llsocket.errno the certificate has no valid end
---@field ERROR_IN_CRL_LAST_UPDATE_FIELD llsocket.errno the revocation list has no valid begin
---@field ERROR_IN_CRL_NEXT_UPDATE_FIELD llsocket.errno the revocation list has no valid end
---@field UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY llsocket.errno the key of an issuer cannot be read
---@field NO_ISSUER_PUBLIC_KEY llsocket.errno an issuer has no key
---@field PATH_LOOP llsocket.errno the chain of certificates is a loop
---@field ALERT_UNEXPECTED_MESSAGE llsocket.errno the peer got a message that it did not expect
---@field ALERT_BAD_RECORD_MAC llsocket.errno the peer got a record that was damaged
---@field ALERT_RECORD_OVERFLOW llsocket.errno the peer got a record that was too long
---@field ALERT_HANDSHAKE_FAILURE llsocket.errno the peer found no parameters that both accept
---@field ALERT_BAD_CERTIFICATE llsocket.errno the peer refused the certificate
---@field ALERT_UNSUPPORTED_CERTIFICATE llsocket.errno the peer does not support such certificates
---@field ALERT_CERTIFICATE_REVOKED llsocket.errno the peer says that the certificate was revoked
---@field ALERT_CERTIFICATE_EXPIRED llsocket.errno the peer says that the certificate has expired
---@field ALERT_CERTIFICATE_UNKNOWN llsocket.errno the peer refused the certificate for a reason of its own
---@field ALERT_ILLEGAL_PARAMETER llsocket.errno the peer got a value that makes no sense
---@field ALERT_UNKNOWN_CA llsocket.errno the peer does not know the authority of the certificate
---@field ALERT_ACCESS_DENIED llsocket.errno the peer accepted the certificate and refused access
---@field ALERT_DECODE_ERROR llsocket.errno the peer could not decode a message
---@field ALERT_DECRYPT_ERROR llsocket.errno a signature or the check of the handshake failed at the peer
---@field ALERT_PROTOCOL_VERSION llsocket.errno the peer does not support the version of the protocol
---@field ALERT_INSUFFICIENT_SECURITY llsocket.errno the peer asks for stronger parameters
---@field ALERT_INTERNAL_ERROR llsocket.errno the peer failed by itself
---@field ALERT_INAPPROPRIATE_FALLBACK llsocket.errno the peer can do better than what was asked for
---@field ALERT_USER_CANCELLED llsocket.errno the peer gave the handshake up
---@field ALERT_NO_RENEGOTIATION llsocket.errno the peer does not negotiate again
---@field ALERT_MISSING_EXTENSION llsocket.errno the peer misses an extension
---@field ALERT_UNSUPPORTED_EXTENSION llsocket.errno the peer got an extension that it did not ask for
---@field ALERT_UNRECOGNIZED_NAME llsocket.errno the peer has no server of this name
---@field ALERT_BAD_CERTIFICATE_STATUS_RESPONSE llsocket.errno the peer refused the stapled OCSP response
---@field ALERT_UNKNOWN_PSK_IDENTITY llsocket.errno the peer does not know the shared key
---@field ALERT_CERTIFICATE_REQUIRED llsocket.errno the peer requires a certificate
---@field ALERT_NO_APPLICATION_PROTOCOL llsocket.errno the peer speaks none of the application protocols (ALPN)
---@field [integer] llsocket.errno
local errno = {}

---Turns the text of an error back into an error object.
---@param str string such as `[EPIPE:32][send] Broken pipe`, with or without `in method 'send': `
---@return llsocket.error? err the error; nil if the text is none
function errno.parse(str) end
end

do
---@class llsocket.error
---@field type llsocket.errno which error: `err.type == errno.ECONNREFUSED`
---@field code integer its number
---@field name string its name: `ECONNREFUSED`, `EAI_NONAME`
---@field op string the system call that failed: `connect`
---@field method string the method that was called
---@field message string the system's text
---@operator concat(string): string
local err = {}
end

---@class llsocket: llsocket.constants
---@field socket llsocket.socket_module sockets: making, connecting, sending, receiving, options
---@field addrinfo llsocket.addrinfo_module addresses: IPv4, IPv6, unix and others; names to addresses and back
---@field iovec llsocket.iovec_module a list of buffers, to send or fill with one call
---@field msghdr llsocket.msghdr_module a message of sendmsg and recvmsg: address, buffers, control messages, flags
---@field cmsghdr llsocket.cmsghdr_module one control message: descriptors, credentials, timestamps
---@field cmsghdrs llsocket.cmsghdrs_module a queue of control messages
---@field device llsocket.device_module the network interfaces and their addresses
---@field env llsocket.env_module what the platform is and allows
---@field errno llsocket.errno_module error numbers by name and by number
local llsocket = {}

return llsocket
