-- SPDX-License-Identifier: MIT
-- remove(list, value): takes the value out of the list; false if it is not in there.

return function(list, value)
  for i, each in ipairs(list) do
    if each == value then
      table.remove(list, i)
      return true
    end
  end
  return false
end
