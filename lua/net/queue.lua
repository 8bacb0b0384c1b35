-- SPDX-License-Identifier: MIT
-- A queue of different values which any of them may leave, however many there are.

local Queue = {}
Queue.__index = Queue

function Queue:add(value)
  local place = self.last + 1
  self.values[place], self.places[value] = value, place
  self.last, self.count = place, self.count + 1
end

-- False if it is not in there.
function Queue:remove(value)
  local values, place = self.values, self.places[value]
  if not place then
    return false
  end
  values[place], self.places[value] = nil, nil
  self.count = self.count - 1
  if place == self.first then
    repeat
      place = place + 1
    until values[place] ~= nil or place > self.last
    self.first = place
  end
  return true
end

-- Who came first; nil if there is none.
function Queue:peek()
  return self.values[self.first]
end

-- The same, and takes it out.
function Queue:take()
  local value = self:peek()
  if value ~= nil then
    self:remove(value)
  end
  return value
end

-- An empty one. Fields:
--   count   how many there are
--   values  those, by their places, of which `first` is that of the first
--   places  these, by value
--   last    the place that was given last
return function()
  return setmetatable({ count = 0, values = {}, places = {}, first = 1, last = 0 }, Queue)
end
