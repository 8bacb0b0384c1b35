#!/bin/sh
# SPDX-License-Identifier: MIT
# After `cmake --install` each Lua finds the modules under the prefix, and those of compat/ if they were asked for.
# usage: installed.sh SOURCE BUILD PREFIX LUA=PROGRAM...
set -eu

source=$1 build=$2 prefix=$3
shift 3
here=$(dirname -- "$0")
rm -rf "$prefix"
unset LUA_PATH_5_2 LUA_PATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_2 LUA_CPATH_5_3 LUA_CPATH_5_4

# with_each PROGRAM LUA=PROGRAM...: runs this Lua program with each, which finds only what is under the prefix.
with_each()
{
    program=$1
    shift
    for lua; do
        directory=${lua%%=*}
        [ "$directory" != jit ] || directory=5.1
        LUA_PATH="$prefix/share/lua/$directory/?.lua" LUA_CPATH="$prefix/lib/lua/$directory/?.so" \
            "${lua#*=}" "$here/$program"
    done
}

cmake --install "$build" --prefix "$prefix"
with_each modules.lua "$@"
with_each no_compat.lua "$@"

# This tree is only configured, not built: what is compiled is there already.
cmake -S "$source" -B "$prefix/build" -D LLNET_COMPAT=ON
cmake --install "$prefix/build" --component compat --prefix "$prefix"
with_each compat.lua "$@"
