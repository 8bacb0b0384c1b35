-- SPDX-License-Identifier: MIT

-- A value whose finalizer is the function, on every version.
return function(finalize)
  if newproxy then
    local proxy = newproxy(true)
    getmetatable(proxy).__gc = finalize
    return proxy
  end
  return setmetatable({}, { __gc = finalize })
end
