-- SPDX-License-Identifier: MIT
-- Connections to the first of several addresses that takes one.

local llsocket = require('llsocket')
local deadline = require('net.deadline')
local errors = require('net.errors')
local loop = require('net.loop')
local open = require('net.open')
local protected = require('net.protected')
local resolve = require('net.resolve')
local values = require('net.poller.values')

local text = errors.text
local unpack = table.unpack or unpack

-- RFC 8305, section 5: how long to wait for one address before the next is tried as well, in seconds.
local ATTEMPT_DELAY = 0.25
-- How often to try again where the kernel does not tell, in seconds.
local GLANCE = 0.01

-- A unix listener whose queue is full: only blocking calls can wait for room.
local function wait_for_room(io, sock, ai, seconds)
  local due = deadline.after(seconds)
  local ok, err, is_full
  repeat
    local left = deadline.left(due)
    if left == 0 then
      return nil, nil, true
    elseif io.poller then
      local _, failure, is_over = io.poller.sleep(math.min(GLANCE, left or GLANCE))
      if failure or is_over then -- the time of the task
        return nil, failure, is_over
      end
      ok, err, is_full = sock:connect(ai)
    else
      sock:nonblock(false)
      sock:sndtimeo(left and math.max(left, GLANCE) or 0) -- 0 is for ever
      ok, err, is_full = sock:connect(ai)
      sock:sndtimeo(0)
      sock:nonblock(true)
    end
  until not is_full or deadline.has_passed(due)
  return ok or nil, text(err), is_full
end

local function connect_by_waiting(io, sock, ai, seconds)
  local ok, err, is_full = sock:connect(ai)
  if ok and not err then
    return true
  elseif is_full then
    return wait_for_room(io, sock, ai, seconds)
  elseif not ok then
    return nil, text(err)
  end
  local ready, failure, timeout = io.waits.writable(sock, seconds)
  if not ready then
    return nil, failure, timeout
  end
  local pending = sock:error()
  return not pending or nil, pending and values.failure(pending.name, 'connect')
end

-- Tries one address: a connected socket; else nil, what is wrong, and true if the time is over. `made` is asked before
-- the socket waits.
local function attempt(io, ai, seconds, made)
  local sock, err = open(ai, true)
  if not sock then
    return nil, err
  elseif not made(sock) then
    sock:close()
    return nil, values.failure('ECANCELED', 'connect')
  end
  local ok, failure, timeout
  if io.poller == loop and ai:family() ~= llsocket.AF_UNIX then
    ok, failure, timeout = loop.connect(sock, seconds, ai)
  else
    ok, failure, timeout = connect_by_waiting(io, sock, ai, seconds)
  end
  if ok then
    return sock
  end
  sock:close()
  return nil, failure, timeout
end

-- What was tried and failed, in order.
local Failures = {}
Failures.__index = Failures

function Failures:add(ai, err, timeout)
  err = err or timeout and values.failure('ETIMEDOUT', 'connect')
  table.insert(self, resolve.failure(err, ai))
  self.timeout = self.timeout or timeout
end

function Failures:result()
  return nil, table.concat(self, '; '), self.timeout
end

local function new_failures()
  return setmetatable({}, Failures)
end

-- One after the other. Each gets an equal part of what is left of the time.
local function connect_in_turn(io, list, due, made)
  local failures = new_failures()
  for i, ai in ipairs(list) do
    local left = deadline.left(due)
    local sock, err, timeout = attempt(io, ai, left and left / (#list - i + 1), made)
    if sock then
      return sock
    end
    failures:add(ai, err, timeout)
    if deadline.has_passed(due) then
      break
    end
  end
  return failures:result()
end

-- RFC 8305, section 4: the families take turns, that of the first address first.
local function interleaved(list)
  local first, others = {}, {}
  for _, ai in ipairs(list) do
    table.insert(ai:family() == list[1]:family() and first or others, ai)
  end
  local result = {}
  for i = 1, math.max(#first, #others) do
    table.insert(result, first[i])
    table.insert(result, others[i])
  end
  return result
end

-- The attempts at several addresses, each in a task of its own, and the look-ups that may give more.
local Race = {}
Race.__index = Race

-- Addresses that are new come last.
function Race:add(list)
  for _, ai in ipairs(interleaved(list)) do
    local name = resolve.written(ai)
    if not self.has[name] then
      self.has[name] = true
      table.insert(self.list, ai)
    end
  end
end

function Race:start(ai)
  local function run()
    return attempt(self.io, ai, deadline.left(self.due), function(sock)
      self.socks[sock] = true
      return self.made(sock)
    end)
  end
  local task = self.group:spawn(run)
  table.insert(self.tasks, task)
  self.address_of[task] = ai
end

-- Takes what a task came to: a connected socket, or nil.
function Race:take(task, ok, result, err, timeout)
  local ai = self.address_of[task]
  self.address_of[task] = nil
  if not ai then -- a look-up; if it failed, others gave addresses
    self:add(ok and result or {})
  elseif ok and result then
    self.socks[result] = nil
    return result
  else
    self.failures:add(ai, ok and err or not ok and result, timeout)
    self.next_at = deadline.after(0)
  end
  return nil
end

-- Starts the next attempt if it is time to. Returns how long to wait for the next event; nil: as long as it takes.
function Race:start_next()
  if self.started < #self.list and deadline.has_passed(self.next_at) then
    self.started = self.started + 1
    self:start(self.list[self.started])
    self.next_at = deadline.after(ATTEMPT_DELAY)
  end
  local left = deadline.left(self.due)
  if self.started == #self.list then
    return left
  end
  local pause = deadline.left(self.next_at)
  return math.min(left or pause, pause)
end

-- Waits until one has connected, or all have failed.
function Race:run()
  while true do
    local results = { self.group:await(self:start_next()) }
    local task = results[1]
    local sock = task and self:take(unpack(results, 1, 5))
    if sock then
      return sock
    end
    local is_over = deadline.has_passed(self.due)
    if self.started == #self.list and self.group:size() == 0 or is_over and not task then
      return self:give_up(self.failures, is_over)
    end
  end
end

-- Those that still wait had no time left.
function Race:give_up(failures, is_over)
  for _, task in ipairs(self.tasks) do
    if self.address_of[task] then
      failures:add(self.address_of[task], nil, true)
    end
  end
  failures.timeout = failures.timeout or is_over or nil
  return failures:result()
end

-- Ends the attempts that are still made, and the look-ups.
function Race:stop()
  for sock in pairs(self.socks) do
    sock:close()
  end
  self.group:cancel()
end

local function stopped(race, ok, ...)
  race:stop()
  if not ok then
    error((...), 0)
  end
  return ...
end

local function connect_in_race(io, list, due, made, more)
  local race = setmetatable({
    io = io, due = due, made = made, group = more or loop.group(),
    list = {}, has = {}, started = 0, next_at = deadline.after(0),
    socks = {}, tasks = {}, address_of = {}, failures = new_failures(),
  }, Race)
  race:add(list)
  return stopped(race, protected.pcall(race.run, race))
end

-- A socket of llsocket that is connected to one of these addresses, and does not block; else nil, a string that names
-- all that were tried, and true if the time was over for one. `made` is called with each new socket, and gives true if
-- that shall connect. `more` is a group that looks up more addresses, if there may be some. In a task the deadline must
-- be one of the task (deadline.of_task).
return function(io, list, due, made, more)
  if io.poller == loop and (#list > 1 or more and more:size() > 0) then
    return connect_in_race(io, list, due, made, more)
  end
  return connect_in_turn(io, list, due, made)
end
