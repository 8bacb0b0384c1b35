-- SPDX-License-Identifier: MIT
-- What the generations promise to have.

local surface = {}

-- Entries: where they are ("" is the module itself, "socket:" the methods of the class), the first and the last
-- generation that has them there, their names.
local entries = {
  { 'inet.', 1, 1, 'bind connect' },
  { 'inet.', 2, 3, 'getaddrinfo' },
  { 'inet.', 2, 2, 'getaddrinfo6' },
  { 'unix.', 1, 1, 'bind connect' },
  { 'unix.', 2, 3, 'getaddrinfo' },

  { '', 1, 1, 'sockname peername atmark type error' },
  { '', 1, 1, 'listen accept acceptInherits shutdown close' },
  { '', 1, 1, 'send sendto recv recvfrom' },
  { 'opt.', 1, 1, 'cloexec nonblock' },
  { 'opt.', 1, 1, 'broadcast debug keepalive oobinline reuseaddr timestamp nodelay' },
  { 'opt.', 1, 1, 'rcvbuf rcvlowat rcvtimeo sndbuf sndlowat sndtimeo' },

  { 'socket.', 2, 4, 'new pair' },
  { 'socket.', 3, 4, 'wrap shutdown close' },
  { 'socket:', 2, 4, 'fd family socktype protocol dup bind connect listen accept shutdown close' },
  { 'socket:', 3, 4, 'unwrap acceptfd sendable recvable' },
  { 'socket:', 2, 4, 'send sendto sendfile recv recvfrom' },
  { 'socket:', 3, 4, 'sendmsg sendfd recvmsg recvfd' },
  { 'socket:', 4, 4, 'read write' },
  { 'socket:', 2, 4, 'getsockname getpeername atmark error cloexec nonblock' },
  { 'socket:', 2, 4, 'acceptconn broadcast debug dontroute keepalive oobinline reuseaddr reuseport timestamp' },
  { 'socket:', 2, 4, 'rcvbuf rcvlowat rcvtimeo sndbuf sndlowat sndtimeo' },
  { 'socket:', 3, 4, 'linger' },
  { 'socket:', 2, 4, 'tcpnodelay tcpcork tcpkeepalive tcpkeepintvl tcpkeepcnt' },
  { 'socket:', 2, 4, 'mcastloop mcastttl mcastif' },
  { 'socket:', 2, 4, 'mcastjoin mcastleave mcastjoinsrc mcastleavesrc mcastblocksrc mcastunblocksrc' },

  { 'addrinfo.', 4, 4, 'unix inet inet6 getaddrinfo' },
  { 'addrinfo:', 1, 4, 'family socktype protocol canonname port addr' },
  { 'addrinfo:', 2, 2, 'nameinfo' },
  { 'addrinfo:', 1, 1, 'getnameinfo' },
  { 'addrinfo:', 3, 4, 'getnameinfo' },

  { 'msghdr.', 3, 4, 'new' },
  { 'msghdr:', 3, 4, 'name iov control flags bytes' },
  { 'cmsghdr.', 3, 4, 'new rights' },
  { 'cmsghdr:', 3, 4, 'level type data' },
  { 'cmsghdrs.', 3, 4, 'new' },
  { 'cmsghdrs:', 3, 4, 'push shift' },
  { 'iovec.', 3, 4, 'new' },
  { 'iovec:', 3, 4, 'add addn set get del bytes consume concat writev readv' },
  { 'device.', 2, 4, 'getifaddrs' },
  { 'errno.', 4, 4, 'parse' },
}

-- Entries that can meet more than success, by circumstance.
local meets = {
  ['would block'] = [[
    accept acceptInherits send sendto recv recvfrom unix.connect
    socket:accept socket:acceptfd socket:connect socket:sendable socket:recvable
    socket:send socket:sendto socket:sendfile socket:sendmsg socket:sendfd socket:write
    socket:recv socket:recvfrom socket:recvmsg socket:recvfd socket:read
    iovec:writev iovec:readv ]],
  ['closed by peer'] = [[
    send sendto recv recvfrom socket:sendable socket:recvable
    socket:send socket:sendto socket:sendfile socket:sendmsg socket:sendfd socket:write
    socket:recv socket:recvfrom socket:recvmsg socket:recvfd socket:read
    iovec:writev iovec:readv ]],
  ['wrong argument'] = 'close shutdown sendto socket:bind socket:connect socket:sendto socket:sendmsg',
}

-- What asks nothing of the system, and so cannot fail.
local never_fails = [[
  socket:fd socket:family socket:socktype socket:protocol socket:unwrap
  addrinfo:family addrinfo:socktype addrinfo:protocol addrinfo:canonname addrinfo:port addrinfo:addr
  msghdr.new msghdr:name msghdr:iov msghdr:control msghdr:flags msghdr:bytes
  cmsghdr.new cmsghdr.rights cmsghdr:level cmsghdr:type cmsghdr:data cmsghdrs.new cmsghdrs:push cmsghdrs:shift
  iovec.new iovec:get iovec:del iovec:bytes iovec:consume iovec:concat device.getifaddrs errno.parse ]]

local function is_word(text, word)
  return (' ' .. text:gsub('%s+', ' ') .. ' '):find(' ' .. word .. ' ', 1, true) ~= nil
end

local function can_meet(entry, circumstance)
  if circumstance == 'failure' then
    return not is_word(never_fails, entry)
  end
  return circumstance == 'success' or is_word(meets[circumstance], entry)
end

-- The names of a generation's entries that can meet a circumstance, each with its place.
function surface.entries(generation, circumstance)
  local names = {}
  for _, row in ipairs(entries) do
    if row[2] <= generation and generation <= row[3] then
      for name in row[4]:gmatch('%S+') do
        names[#names + 1] = can_meet(row[1] .. name, circumstance) and row[1] .. name or nil
      end
    end
  end
  return names
end

-- Constants: what begins their names, those that Linux has, and those that only other systems have.
local constants = {
  { 'AF_', 'INET INET6 UNIX LOCAL UNSPEC ROUTE APPLETALK DECnet IPX ISDN SNA',
    [[CCITT CHAOS CNT COIP DATAKIT DLI E164 ECMA HYLINK IEEE80211 IMPLINK ISO LAT LINK NATM NDRV NETBIOS NS OSI PPP PUP
      RESERVED_36 SIP SYSTEM UTUN]] },
  { 'AI_', 'PASSIVE CANONNAME NUMERICHOST NUMERICSERV ADDRCONFIG ALL V4MAPPED', 'DEFAULT V4MAPPED_CFG' },
  { 'IPPROTO_',
    [[IP IPV6 TCP UDP SCTP ICMP ICMPV6 IGMP RAW NONE HOPOPTS ROUTING FRAGMENT DSTOPTS AH ESP EGP ENCAP GRE IDP MTP PIM
      PUP RSVP TP]],
    [[3PC ADFS AHIP APES ARGUS AX25 BHA BLT BRSATMON CFTP CHAOS CMTP CPHB CPNX DDP DGP DIVERT DONE EMCON EON ETHERIP GGP
      GMTP HELLO HMP IDPR IDRP IGP IGRP IL INLSP INP IPCOMP IPCV IPEIP IPPC IPV4 IRTP KRYPTOLAN LARP LEAF1 LEAF2 MAX
      MEAS MHRP MICP MUX ND NHRP NSP NVPII OSPFIGP PGM PIGP PRM PVP RCCMON RDP RVD SATEXPAK SATMON SCCSP SDRP SEP SRPC
      ST SVMTP SWIPE TCF TPXX TRUNK1 TRUNK2 TTP VINES VISA VMTP WBEXPAK WBMON WSN XNET XTP]] },
  { 'MSG_',
    [[PEEK WAITALL DONTWAIT OOB EOR TRUNC CTRUNC NOSIGNAL DONTROUTE MORE CONFIRM ERRQUEUE BATCH CMSG_CLOEXEC FASTOPEN
      TRYHARD WAITFORONE]],
    'EOF FLUSH HAVEMORE HOLD NEEDSA PROBE RCVMORE SEND WAITSTREAM' },
  { 'NI_', 'DGRAM NAMEREQD NOFQDN NUMERICHOST NUMERICSERV', 'WITHSCOPEID' },
  { 'SCM_', 'RIGHTS TIMESTAMP SECURIT', 'CREDS TIMESTAMP_MONOTONIC' },
  { 'SHUT_', 'RD WR RDWR', '' },
  { 'SOCK_', 'STREAM DGRAM SEQPACKET RAW RDM', '' },
  { 'SOL_', 'SOCKET', '' },
}

local function names_in(column)
  local names = {}
  for _, row in ipairs(constants) do
    for name in row[column]:gmatch('%S+') do
      names[#names + 1] = row[1] .. name
    end
  end
  return names
end

surface.constants_of_linux = names_in(2)
surface.constants_of_others = names_in(3)

return surface
