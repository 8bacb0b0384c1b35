-- SPDX-License-Identifier: MIT
-- use(self, io [, sock]): the instance of net waits in this way from now on, and has this socket of llsocket, or the
-- one that it had.

local looping = require('net.io.looping')

return function(self, io, sock)
  sock = sock or self.sock
  self.sock, self.io = sock, io
  self[1] = io == looping and sock
end
