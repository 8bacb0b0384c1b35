-- SPDX-License-Identifier: MIT
-- Generation 1: bare descriptors are made in every way.

package.path = 'tests/support/?.lua;' .. package.path

local v1 = require('llsocket.v1')
local numbers = require('numbers')

local keep = numbers.keep

return function()
  local listener = keep(v1.inet.bind('127.0.0.1', '0', v1.SOCK_STREAM, false, true))
  numbers.done(v1.listen(listener))
  local port = numbers.check(v1.sockname(listener)):port()
  keep(v1.inet.connect('127.0.0.1', port))
  keep(v1.accept(listener))
  keep(v1.inet.connect('127.0.0.1', port, v1.SOCK_STREAM, true))
  keep(v1.acceptInherits(listener))

  listener = keep(v1.unix.bind('', v1.SOCK_SEQPACKET))
  numbers.done(v1.listen(listener))
  keep(v1.unix.connect(numbers.check(v1.sockname(listener)):addr(), v1.SOCK_SEQPACKET))
  keep(v1.accept(listener))

  numbers.fails('EINVAL', v1.inet.connect('127.0.0.1', 'no service'))
  numbers.fails('ENOENT', v1.unix.connect('/nowhere'))
end, numbers.release
