-- SPDX-License-Identifier: MIT
-- beside(adapter, work, seconds): waits in another event loop until `work`, which has a loop of its own, may have
-- something to do: true; nil, err; or nil, nil, true.

local GLANCE_SEC = 0.01 -- how often somebody looks who cannot be told

return function(adapter, work, seconds)
  local fd = work:fd()
  if fd then
    return adapter.readable(fd, seconds)
  end
  return adapter.sleep(math.min(seconds or GLANCE_SEC, GLANCE_SEC))
end
