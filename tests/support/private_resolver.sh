#!/bin/sh
# SPDX-License-Identifier: MIT
# In network and mount namespaces of its own: names are looked up as the first argument says (nsswitch.conf(5)), in a
# /etc/hosts with one name, and by a name server that is to be on this machine. Then the command of the other arguments.
set -eu

hosts=$1
shift
ip link set lo up
mount -t tmpfs none /mnt
echo "hosts: $hosts" >/mnt/nsswitch.conf
echo '192.0.2.1 listed.example listed' >/mnt/hosts
printf '%s\n' 'nameserver 127.0.0.1' 'search one.example two.example' 'options ndots:2 timeout:5 attempts:2' >/mnt/resolv.conf
for file in nsswitch.conf hosts resolv.conf; do
    mount --bind "/mnt/$file" "/etc/$file"
done
echo ready
exec "$@"
