-- SPDX-License-Identifier: MIT
-- Two connected unix streams of LuaSocket, which has no socketpair.

local unix = require('socket.unix')

return function(path)
  local listener, a = assert(unix.stream()), assert(unix.stream())
  assert(listener:bind(path))
  assert(listener:listen())
  assert(a:connect(path))
  return a, assert(listener:accept())
end
