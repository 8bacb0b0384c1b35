-- SPDX-License-Identifier: MIT
-- beside(adapter, work, seconds): waits in another event loop until `work`, which has a loop of its own, may have
-- something to do: true; nil, err; or nil, nil, true.

local pause = require('net.io.pause')

return function(adapter, work, seconds)
  local fd = work:fd()
  if fd then
    return adapter.readable(fd, seconds)
  end
  return pause.glance(adapter.sleep, seconds) -- nobody tells
end
