-- SPDX-License-Identifier: MIT

-- The median of a list of numbers, which it sorts.
return function(values)
  table.sort(values)
  local middle = math.floor(#values / 2)
  return #values % 2 == 1 and values[middle + 1] or (values[middle] + values[middle + 1]) / 2
end
