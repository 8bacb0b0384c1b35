-- SPDX-License-Identifier: MIT
-- The modules of compat/ are where Lua looks, and work.

local iov = require('iovec').new()
assert(iov:add('hello') == 1)
assert(require('llsocket.v3').msghdr.new():iov(iov) == nil)
assert(package.searchpath == nil or package.searchpath('libtls', package.path))
print(_VERSION, iov, require('errno').EAGAIN)
