#!/bin/sh
# SPDX-License-Identifier: MIT
# `luarocks make` in a fresh copy of the tree, then the module is required from the rocks tree it was put in.
# usage: rock.sh SOURCE WORK LUA PROGRAM
set -eu

source=$1 work=$2 version=$3 program=$4
# The copy is new each time, but for the compiled objects: sources keep their times, so only what changed is compiled.
mkdir -p "$work/source"
rm -rf "$work/tree"
find "$work/source" -mindepth 1 -maxdepth 1 ! -name build.luarocks -exec rm -rf {} +
(cd "$source" && tar -cf - --exclude=./build --exclude=./.git --exclude=./build.luarocks .) | tar -xf - -C "$work/source"

cd "$work/source"
luarocks --lua-version "$version" --tree "$work/tree" make rockspecs/llnet-scm-1.rockspec
unset LUA_CPATH_5_2 LUA_CPATH_5_3 LUA_CPATH_5_4
LUA_CPATH="$work/tree/lib/lua/$version/?.so" "$program" -e 'print(_VERSION, require("llsocket").socket)'
