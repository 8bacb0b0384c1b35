-- SPDX-License-Identifier: MIT
-- Waits go to the loop of Copas 1.1. It knows neither deadlines nor which coroutines are its own, so three of its
-- functions are replaced: threads and servers are to be added, and its loop to be run, after this module is loaded.
-- The clock is that of LuaSocket.

local adapter = require('net.poller.adapter')
local agenda = require('net.poller.agenda')
local copas = require('copas')
local coxpcall = require('coxpcall')
local errno = require('llsocket').errno
local opt = require('llsocket.v1').opt
local socket = require('socket')

-- Copas keeps the sockets that it waits for in two queues, which it shows to those who wait: to a socket without data.
local function queue_of(operation, method)
  local idle_socket = {
    [method] = function()
      return nil, 'timeout', 0
    end,
  }
  return (select(2, coroutine.wrap(operation)(idle_socket, '')))
end

local queues = {
  readable = queue_of(copas.receive, 'receive'),
  writable = queue_of(copas.send, 'send'),
}

-- What Copas believes to be a queue; who is in it, the agenda knows.
local elsewhere = {
  insert = function() end,
  push = function() end,
}

-- What LuaSocket wants of an object to be selected.
local Place = {}
Place.__index = Place

function Place:getfd()
  return self.fd
end

function Place.dirty()
  return false
end

local addthread, addserver, step = copas.addthread, copas.addserver, copas.step

local threads = setmetatable({}, { __mode = 'k' }) -- that Copas runs

local tasks = agenda.new(socket.gettime, function(wait)
  coroutine.yield(wait, elsewhere)
end, function(wait)
  addthread(wait.task)
end, function() end)

-- A protected call of coxpcall may be another coroutine, which passes on what it yields.
local function current()
  local task = coxpcall.running()
  return threads[task] and task or nil
end

function copas.addthread(thread, ...)
  if type(thread) ~= 'thread' then
    thread = coroutine.create(thread)
  end
  threads[thread] = true
  return addthread(thread, ...)
end

function copas.addserver(server, handler, ...)
  return addserver(server, function(...)
    threads[coroutine.running()] = true
    return handler(...)
  end, ...)
end

-- Copas resumes the coroutine that it finds in a queue beside a descriptor that is ready.
local function new_watcher(op)
  return coroutine.create(function(place)
    while true do
      tasks:notify(place, op, 'ready')
      place = coroutine.yield(place, elsewhere)
    end
  end)
end

local watchers = { readable = new_watcher('readable'), writable = new_watcher('writable') }

-- The name of the error with which select(2) would refuse the descriptor.
local function obstacle(place)
  local _, code = opt.cloexec(place.fd)
  if code then
    return errno[code].name
  end
  return place.fd >= socket._SETSIZE and 'EINVAL' or nil
end

local function watch(place, op)
  local err = obstacle(place)
  if not err then
    queues[op]:insert(place)
    queues[op]:push(place, watchers[op])
  end
  return err
end

local function unwatch(place, op)
  queues[op]:remove(place)
  queues[op]:pop(place)
end

-- Descriptors that were closed make every select(2) fail: ends the waits for them. Returns whether there were any.
local function expel()
  local has_expelled = false
  for op, queue in pairs(queues) do
    for i = #queue, 1, -1 do
      local place = queue[i]
      local err = getmetatable(place) == Place and obstacle(place)
      if err then
        unwatch(place, op)
        tasks:notify(place, op, err)
        has_expelled = true
      end
    end
  end
  return has_expelled
end

local function earliest(timeout)
  local due = tasks:due()
  return due and timeout and math.min(due, timeout) or due or timeout
end

function copas.step(timeout)
  tasks:poll()
  local ok, result = pcall(step, earliest(timeout))
  if not ok and not expel() then
    error(result, 0)
  end
  return tasks:run() or result
end

return adapter.new({
  name = 'copas',
  current = current,
  pause = function(wait, sec)
    tasks:pause(wait, sec)
  end,
  wake = function(wait)
    tasks:wake(wait)
  end,
  watch = watch,
  unwatch = unwatch,
  place_meta = Place,
})
