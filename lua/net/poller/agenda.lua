-- SPDX-License-Identifier: MIT
-- For hosts that have no tasks, or no deadlines: which waits are over and when others will be. Between two polls of its
-- descriptors the host lets go on what is due.

local Agenda = {}
Agenda.__index = Agenda

-- The deadlines are a binary heap, in which each wait knows its index.

local function put(heap, index, wait)
  heap[index] = wait
  wait.index = index
end

local function rise(heap, index, wait)
  while index > 1 do
    local parent = math.floor(index / 2)
    if heap[parent].deadline <= wait.deadline then
      break
    end
    put(heap, index, heap[parent])
    index = parent
  end
  put(heap, index, wait)
end

local function earlier_child(heap, index)
  local left, right = heap[2 * index], heap[2 * index + 1]
  return right and right.deadline < left.deadline and right or left
end

local function sink(heap, index, wait)
  local child = earlier_child(heap, index)
  while child and child.deadline < wait.deadline do
    local next_index = child.index
    put(heap, index, child)
    index = next_index
    child = earlier_child(heap, index)
  end
  put(heap, index, wait)
end

local function remove(heap, wait)
  local index, last = wait.index, table.remove(heap)
  wait.index = nil
  if last ~= wait then
    rise(heap, index, last)
    sink(heap, last.index, last)
  end
end

-- now() tells the time in seconds; yield(wait) suspends the calling coroutine and resume(wait) lets it go on, which may
-- raise; changed() is called when due() may tell another time than before.
local function new(now, yield, resume, changed)
  return setmetatable({
    now = now,
    yield = yield,
    resume = resume,
    changed = changed,
    heap = {},
    polls = 0, -- that have begun
    first = 1, -- the queue of those that are to go on is ready[first] to ready[last]
    last = 0,
    ready = {},
  }, Agenda)
end

-- Suspends the coroutine that calls until wake(), or until the time is over.
function Agenda:pause(wait, sec)
  if sec then
    wait.deadline = self.now() + sec
    wait.polls = self.polls
    rise(self.heap, #self.heap + 1, wait)
    if wait.index == 1 then
      self.changed()
    end
  end
  self.yield(wait)
end

local function enqueue(self, wait)
  if wait.index then
    remove(self.heap, wait)
  end
  wait.is_over = true
  self.last = self.last + 1
  self.ready[self.last] = wait
end

function Agenda:wake(wait)
  if not wait.is_over then
    enqueue(self, wait)
    self.changed()
  end
end

-- The descriptor is ready, or of no use.
function Agenda:notify(place, op, outcome)
  local wait = place[op]
  if wait and not wait.outcome then
    wait.outcome = outcome
    self:wake(wait)
  end
end

-- Seconds until the next wait is over; nil if none has a deadline.
function Agenda:due()
  if self.first <= self.last then
    return 0
  end
  local wait = self.heap[1]
  return wait and math.max(0, wait.deadline - self.now())
end

-- The host is about to look which descriptors are ready.
function Agenda:poll()
  self.polls = self.polls + 1
end

-- A deadline counts only after a poll: what was ready before it should not be late.
local function expire(self)
  local wait, now = self.heap[1], self.now()
  while wait and wait.deadline <= now and wait.polls < self.polls do
    enqueue(self, wait)
    wait = self.heap[1]
  end
end

local function dequeue(self)
  local wait = self.ready[self.first]
  self.ready[self.first] = nil
  self.first = self.first + 1
  return wait
end

-- Lets go on those whose waits are over by now. Returns whether there were any. After an error the others have the next
-- turn.
function Agenda:run()
  expire(self)
  local count = self.last - self.first + 1
  for _ = 1, count do
    self.resume(dequeue(self))
  end
  return count > 0
end

return { new = new }
