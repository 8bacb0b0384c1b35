#!/bin/sh
# SPDX-License-Identifier: MIT
# In a network namespace of its own: a cable with both ends on this machine, then the command of the arguments.
set -eu

ip link set lo up
ip link add near type veth peer name far
for end in near far; do
    ip link set "$end" addrgenmode none
    ip link set "$end" up
    # What one end sends comes in at the other with an address of this machine.
    echo 1 >"/proc/sys/net/ipv4/conf/$end/accept_local"
    echo 0 >"/proc/sys/net/ipv4/conf/$end/rp_filter"
done
echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter
for host in 1 2 3; do
    ip address add "198.51.100.$host/24" dev near
    ip address add "2001:db8:7::$host/64" dev near nodad
done
ip address add 203.0.113.1/24 dev far
ip address add 2001:db8:8::1/64 dev far nodad
echo ready
exec "$@"
