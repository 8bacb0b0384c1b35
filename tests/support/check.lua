-- SPDX-License-Identifier: MIT
-- assert for error objects, which that of Lua 5.1 and 5.2 does not take.

return function(value, err)
  if not value then
    error(err or 'assertion failed', 2)
  end
  return value
end
