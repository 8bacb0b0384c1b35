#!/bin/sh
# SPDX-License-Identifier: MIT
# In a network namespace of its own: this machine has the addresses of its name servers, then the command of the
# arguments.
set -eu

ip link set lo up
sed -n 's/^nameserver  *\([0-9.]*\)$/\1/p' /etc/resolv.conf | while read -r server; do
    ip address add "$server/32" dev lo
done
echo ready
exec "$@"
