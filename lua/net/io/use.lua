-- SPDX-License-Identifier: MIT
-- use(self, io [, sock]): the instance of net waits in this way from now on, and has this socket of llsocket, or the
-- one that it had.

return function(self, io, sock)
  self.sock, self.io = sock or self.sock, io
  local own = rawget(io, 'own')
  self[1] = own and self[own] or false
end
