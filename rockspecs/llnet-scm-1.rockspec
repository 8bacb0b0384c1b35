-- SPDX-License-Identifier: MIT
rockspec_format = "3.0"
package = "llnet"
version = "scm-1"
source = {
    url = "file://.", -- the checkout that `luarocks make` runs in
}
description = {
    summary = "Sockets for Lua",
    detailed = "All of POSIX sockets for Lua 5.1 to 5.4 and LuaJIT: addresses, messages, descriptors, options, multicast.",
    license = "MIT",
}
supported_platforms = { "unix" }
dependencies = {
    "lua >= 5.1, < 5.5",
}
build = {
    type = "cmake",
    variables = {
        CMAKE_BUILD_TYPE = "Release",
        CMAKE_INSTALL_PREFIX = "$(PREFIX)",
        LLNET_LUA_INCDIR = "$(LUA_INCDIR)",
        LLNET_LIBDIR = "$(LIBDIR)",
        LLNET_LUADIR = "$(LUADIR)",
    },
}
