-- SPDX-License-Identifier: MIT
-- close(io, sock [, flag]): closes a socket of llsocket that waits in this way, as sock:close(flag) does. Another event
-- loop, which knows only the number of the descriptor, is told before that means another.

local loop = require('net.loop')

return function(io, sock, flag)
  local poller, fd = io.poller, sock:fd()
  if poller and poller ~= loop and fd >= 0 then
    (poller.forget or poller.unwait)(fd)
  end
  local closed, err = sock:close(flag)
  return closed, err
end
