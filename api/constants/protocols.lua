-- SPDX-License-Identifier: MIT
-- Protocol numbers; the fields are described in api/constants.lua.

return {
  {
    prefix = 'IPPROTO_',
    title = 'Protocols of IP',
    says = 'The protocol of a socket and the level of its options and control messages. '
      .. '0 picks the usual protocol of the socket type.',
    source = 'ip(7), IANA protocol numbers',
    rows = {
      { 'IPPROTO_IP', 'the usual protocol; level of the IPv4 options' },
      { 'IPPROTO_IPV6', 'IPv6; level of its options' },
      { 'IPPROTO_TCP', 'transmission control protocol' },
      { 'IPPROTO_UDP', 'user datagram protocol' },
      { 'IPPROTO_UDPLITE', 'UDP with partial checksums' },
      { 'IPPROTO_SCTP', 'stream control transmission protocol' },
      { 'IPPROTO_DCCP', 'datagram congestion control protocol' },
      { 'IPPROTO_MPTCP', 'TCP over several paths' },
      { 'IPPROTO_ICMP', 'control messages of IPv4' },
      { 'IPPROTO_ICMPV6', 'control messages of IPv6' },
      { 'IPPROTO_IGMP', 'multicast group membership' },
      { 'IPPROTO_RAW', 'raw IP packets with a header of the program' },
      { 'IPPROTO_AH', 'authentication header' },
      { 'IPPROTO_BEETPH', 'pseudo header of IPsec BEET mode' },
      { 'IPPROTO_COMP', 'compression header' },
      { 'IPPROTO_DSTOPTS', 'IPv6 destination options' },
      { 'IPPROTO_EGP', 'exterior gateway protocol' },
      { 'IPPROTO_ENCAP', 'encapsulation header' },
      { 'IPPROTO_ESP', 'encrypted payload' },
      { 'IPPROTO_ETHERNET', 'Ethernet within IPv6' },
      { 'IPPROTO_FRAGMENT', 'IPv6 fragment header' },
      { 'IPPROTO_GRE', 'generic routing encapsulation' },
      { 'IPPROTO_HOPOPTS', 'IPv6 hop-by-hop options' },
      { 'IPPROTO_IPCOMP', 'payload compression' },
      { 'IPPROTO_IPIP', 'IP within IP' },
      { 'IPPROTO_IPV4', 'IPv4 within IP' },
      { 'IPPROTO_MH', 'IPv6 mobility header' },
      { 'IPPROTO_MPLS', 'MPLS within IP' },
      { 'IPPROTO_NONE', 'IPv6: nothing follows' },
      { 'IPPROTO_OSPFIGP', 'open shortest path first' },
      { 'IPPROTO_PGM', 'reliable multicast' },
      { 'IPPROTO_PIM', 'protocol independent multicast' },
      { 'IPPROTO_ROUTING', 'IPv6 routing header' },
      { 'IPPROTO_RSVP', 'resource reservation' },
      { 'IPPROTO_TP', 'ISO transport protocol class 4' },
      { 'IPPROTO_VRRP', 'virtual router redundancy' },
      { 'IPPROTO_L2TP', 'layer two tunnels' },
      { 'IPPROTO_DIVERT', 'packets diverted by the firewall (BSD)' },
      { 'IPPROTO_MAX', 'first number past the raw protocols (BSD, macOS)' },
    },
    others = [[
      IPPROTO_3PC IPPROTO_ADFS IPPROTO_AHIP IPPROTO_APES IPPROTO_ARGUS IPPROTO_AX25 IPPROTO_BHA
      IPPROTO_BLT IPPROTO_BRSATMON IPPROTO_CARP IPPROTO_CFTP IPPROTO_CHAOS IPPROTO_CMTP IPPROTO_CPHB
      IPPROTO_CPNX IPPROTO_DDP IPPROTO_DGP IPPROTO_DONE IPPROTO_EMCON IPPROTO_EON IPPROTO_ETHERIP
      IPPROTO_GGP IPPROTO_GMTP IPPROTO_HELLO IPPROTO_HIP IPPROTO_HMP IPPROTO_IDP IPPROTO_IDPR
      IPPROTO_IDRP IPPROTO_IGP IPPROTO_IGRP IPPROTO_IL IPPROTO_INLSP IPPROTO_INP IPPROTO_IPCV
      IPPROTO_IPEIP IPPROTO_IPPC IPPROTO_IRTP IPPROTO_KRYPTOLAN IPPROTO_LARP IPPROTO_LEAF1
      IPPROTO_LEAF2 IPPROTO_MEAS IPPROTO_MHRP IPPROTO_MICP IPPROTO_MOBILE IPPROTO_MTP IPPROTO_MUX
      IPPROTO_ND IPPROTO_NHRP IPPROTO_NSP IPPROTO_NVPII IPPROTO_OLD_DIVERT IPPROTO_PFSYNC IPPROTO_PIGP
      IPPROTO_PRM IPPROTO_PUP IPPROTO_PVP IPPROTO_RCCMON IPPROTO_RDP IPPROTO_RESERVED_253
      IPPROTO_RESERVED_254 IPPROTO_RVD IPPROTO_SATEXPAK IPPROTO_SATMON IPPROTO_SCCSP IPPROTO_SDRP
      IPPROTO_SEND IPPROTO_SEP IPPROTO_SHIM6 IPPROTO_SKIP IPPROTO_SRPC IPPROTO_ST IPPROTO_SVMTP
      IPPROTO_SWIPE IPPROTO_TCF IPPROTO_TLSP IPPROTO_TPXX IPPROTO_TRUNK1 IPPROTO_TRUNK2 IPPROTO_TTP
      IPPROTO_VINES IPPROTO_VISA IPPROTO_VMTP IPPROTO_WBEXPAK IPPROTO_WBMON IPPROTO_WSN IPPROTO_XNET
      IPPROTO_XTP
    ]],
  },
}
