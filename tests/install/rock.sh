#!/bin/sh
# SPDX-License-Identifier: MIT
# `luarocks make` in a fresh copy of the tree, then the modules are required from the rocks tree they were put in: those of
# compat/ from a rock of their own.
# usage: rock.sh SOURCE WORK LUA PROGRAM
set -eu

source=$1 work=$2 version=$3 program=$4
# The copy is new each time, but for the compiled objects: sources keep their times, so only what changed is compiled.
mkdir -p "$work/source"
rm -rf "$work/tree"
find "$work/source" -mindepth 1 -maxdepth 1 ! -name build.luarocks -exec rm -rf {} +
(cd "$source" && tar -cf - --exclude=./build --exclude=./.git --exclude=./build.luarocks .) | tar -xf - -C "$work/source"
cd "$work/source"
unset LUA_PATH_5_2 LUA_PATH_5_3 LUA_PATH_5_4 LUA_CPATH_5_2 LUA_CPATH_5_3 LUA_CPATH_5_4

make_rock()
{
    luarocks --lua-version "$version" --tree "$work/tree" make "rockspecs/$1-scm-1.rockspec"
}

# Runs this Lua program, which finds only what is in the rocks tree.
with_rocks()
{
    LUA_PATH="$work/tree/share/lua/$version/?.lua" LUA_CPATH="$work/tree/lib/lua/$version/?.so" \
        "$program" "tests/install/$1"
}

make_rock llnet
with_rocks modules.lua
with_rocks no_compat.lua
make_rock llnet-compat
with_rocks compat.lua
