#!/bin/sh
# SPDX-License-Identifier: MIT
# After `cmake --install` each Lua finds the module under the prefix.
# usage: installed.sh BUILD PREFIX LUA=PROGRAM...
set -eu

build=$1 prefix=$2
shift 2
rm -rf "$prefix"
cmake --install "$build" --prefix "$prefix"

unset LUA_CPATH_5_2 LUA_CPATH_5_3 LUA_CPATH_5_4
for lua; do
    directory=${lua%%=*}
    [ "$directory" != jit ] || directory=5.1
    LUA_CPATH="$prefix/lib/lua/$directory/?.so" "${lua#*=}" -e 'print(_VERSION, require("llsocket").socket)'
done
