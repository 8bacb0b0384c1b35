-- SPDX-License-Identifier: MIT
rockspec_format = "3.0"
package = "llnet-compat"
version = "scm-1"
source = {
    url = "file://.", -- the checkout that `luarocks make` runs in
}
description = {
    summary = "Modules of llnet under the names that older programs require",
    license = "MIT",
}
dependencies = {
    "llnet",
}
build = {
    type = "builtin",
    modules = {
        errno = "compat/errno.lua",
        iovec = "compat/iovec.lua",
        libtls = "compat/libtls.lua",
    },
}
