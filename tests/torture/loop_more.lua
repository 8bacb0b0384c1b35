-- SPDX-License-Identifier: MIT
-- Tasks wait for signals, relay, look names up by threads and wait through net.poller; afterwards the loop must still
-- run, and the signals must be as before.

package.path = 'lua/?.lua;tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local loop = require('net.loop')
local poller = require('net.poller')
local tortured = require('tortured')

local socket = llsocket.socket
local expect, joined = tortured.expect, tortured.joined

loop.onerror(function() end)
check(loop.run(loop.sleep, 0))

local function pair()
  local socks = check(socket.pair(llsocket.SOCK_STREAM, nil, true))
  return socks[1], socks[2]
end

local function wait_for_signals()
  local waiting = loop.spawn(loop.sigwait, 20, 'SIGUSR1', loop.signals.SIGUSR2)
  expect(nil, loop.sigwait(0, 'SIGUSR2'))
  waiting:cancel()
  check(waiting:join() == false)
end

local function relay()
  local from, source = pair()
  local sink, to = pair()
  local relaying = loop.spawn(loop.relay, source, 20, sink, 4)
  loop.later()
  expect(4, loop.send(from, 20, 'text'))
  expect(4, joined(relaying))
  expect('text', loop.recv(to, 20))
  expect(0, loop.relay(source, 0, sink))
  expect(0, loop.relay(source, 20, sink, 0))
end

local function look_up()
  local asking = loop.spawn(loop.getaddrinfo, 20, 'localhost', 7, llsocket.AF_INET, llsocket.SOCK_STREAM)
  local list, err = loop.getaddrinfo(20, 'localhost', 8, llsocket.AF_INET, llsocket.SOCK_STREAM)
  check(list, err)
  check(list[1]:port() == 8)
  list, err = joined(asking)
  check(list, err)
  check(list[1]:port() == 7)
end

-- An adapter over net.loop itself, to which net.poller adds locks.
local function new_adapter()
  local adapter = { current = loop.running }
  for _, name in ipairs({ 'pollable', 'readable', 'writable', 'unwait', 'sleep', 'suspend', 'resume' }) do
    adapter[name] = loop[name]
  end
  return adapter
end

local function wait_through_poller()
  local a, b = pair()
  expect(loop, poller.current())
  local adapter = new_adapter()
  poller.use(adapter)
  expect(adapter, poller.use(nil))
  local reader = loop.spawn(adapter.readable, a, 20)
  loop.later()
  expect(true, adapter.writable(b, 20))
  expect(1, loop.send(b, 20, 'x'))
  expect(true, joined(reader))
  expect(nil, adapter.readable(b, 0))
  expect(true, adapter.read_lock(a, 20))
  local waiter = loop.spawn(function()
    local locked, err = adapter.read_lock(a, 20)
    check(locked, err)
    return adapter.read_unlock(a)
  end)
  loop.later()
  expect(true, adapter.read_unlock(a))
  expect(true, joined(waiter))
  adapter.forget(a)
end

local function is_looking_up()
  for _, row in ipairs(loop.dump()) do
    if row.what == 'getaddrinfo' then
      return true
    end
  end
  return false
end

return function()
  tortured.run(function()
    wait_for_signals()
    relay()
    look_up()
    wait_through_poller()
  end, 400, 0.05) -- for the threads that look names up
end, function()
  for _ = 1, 400 do -- a thread that looks up has files open
    if not is_looking_up() then
      break
    end
    loop:step(0.05)
  end
  tortured.release()
  poller.use(nil)
end
