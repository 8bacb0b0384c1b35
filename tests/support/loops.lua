-- SPDX-License-Identifier: MIT
-- Tasks in tests: whatever fails in one fails the test, and what hangs is told by name.

local child = require('child')
local expect = require('expect')
local llsocket = require('llsocket')
local loop = require('net.loop')
local net = require('net')
local network = require('network')

local loops = {}

-- Seconds after which whatever still goes on hangs.
loops.patience = 60

-- The text of an error, given by its name, of the function `op`.
function loops.failure(name, op)
  local kind = llsocket.errno[name]
  return ('[%s:%d][%s] %s'):format(kind.name, kind.code, op, kind.message)
end

loops.cancellation = loops.failure('ECANCELED', 'cancel')

function loops.pack(...)
  return { n = select('#', ...), ... }
end

-- Two connected unix sockets that do not block.
function loops.pair(socktype)
  return network.pair(socktype, true)
end

-- A TCP connection: the client and the server's end, neither of which blocks.
function loops.connection()
  local client, server = network.tcp_pair(network.loopbacks[1])
  client:nonblock(true)
  server:nonblock(true)
  return client, server
end

-- A TCP socket that does not block.
function loops.tcp()
  return network.keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM, nil, true)))
end

-- A socket that does not block, which listens at the address that is returned with it.
function loops.listener(backlog)
  local listener, address = network.listener(network.loopbacks[1], backlog)
  listener:nonblock(true)
  return listener, address
end

-- A UDP socket that does not block, and its address.
function loops.udp()
  local sock, address = network.udp(network.loopbacks[1])
  sock:nonblock(true)
  return sock, address
end

-- Waits, and with it the whole loop, until the socket is ready for what the method asks.
function loops.await(sock, method)
  assert(sock[method](sock, 20000))
end

-- Seconds that the call took.
function loops.seconds(call, ...)
  local before = loop.now()
  call(...)
  return loop.now() - before
end

-- What not every function that takes values would hand on.
function loops.odd_values()
  return nil, false, 'x', nil
end

-- The task can use generators and waits as if nothing had been.
function loops.assert_sound()
  local values = {}
  local generator = coroutine.wrap(function()
    for i = 1, 3 do
      coroutine.yield(i)
    end
  end)
  for i = 1, 3 do
    values[i] = generator()
  end
  expect(values[1], values[2], values[3]):to_be(1, 2, 3)
  expect(loop.running():status()):to_be('running')
  expect(loop.sleep(0.001)):to_be(true)
  expect(loop.suspend(0.001)):to_be(nil, nil, true)
  expect(coroutine.wrap(loop.sleep)(0.001)):to_be(true)
  local a, b = loops.pair()
  b:send('x')
  expect(loop.recv(a, 20)):to_be('x')
end

-- The body of a generator that waits before each of its values.
function loops.slow_values(...)
  for i = 1, select('#', ...) do
    loop.sleep(0.001)
    coroutine.yield((select(i, ...)))
  end
  return 'end'
end

-- A task that counts how often it has its turn, and a function that tells.
function loops.count_turns()
  local turns = 0
  local counting = loop.spawn(function()
    while true do
      loop.later()
      turns = turns + 1
    end
  end)
  return counting, function()
    return turns
  end
end

-- No task can go on any more.
local function is_deadlock()
  local stats = loop.stats()
  local waits = stats.waits
  local idle = (waits.suspend or 0) + (waits.join or 0) + (waits.lock or 0)
  return stats.tasks > 0 and not loop:timeout() and idle == stats.tasks
end

local function cancel_all()
  for _ = 1, 100 do
    for _, row in ipairs(loop.dump()) do
      row.task:cancel()
    end
    if loop:step(0) == 0 then
      return
    end
  end
end

-- Asserts that a test left no task behind; the next one finds none in any case.
function loops.assert_idle()
  local left = loop:step(0)
  if left > 0 then
    local text = tostring(loop.dump())
    cancel_all()
    error(('%d tasks are left:\n%s'):format(left, text), 0)
  end
end

-- Steps until no task is left.
function loops.finish()
  local deadline = loop.now() + loops.patience
  while loop:step(1) > 0 do
    assert(loop.now() < deadline, 'a task hangs')
  end
end

local function run_to_end(main)
  local deadline = loop.now() + loops.patience
  local before = loop.now()
  while loop:step(1) > 0 do
    if main:status() == 'failed' then
      return cancel_all()
    end
    local now = loop.now()
    local is_idle = now - before > 0.5 -- to look at all tasks each time would take long
    if now > deadline or is_idle and is_deadlock() then
      local text = tostring(loop.dump())
      cancel_all()
      error('these tasks hang:\n' .. text, 0)
    end
    before = now
  end
end

-- Calls the function as a task until all tasks have ended, while `hook` is told of errors. Returns the task.
local function run_with(hook, fn, ...)
  local before = loop.onerror(hook)
  local main = loop.spawn(fn, ...)
  local ok, err = pcall(run_to_end, main)
  loop.onerror(before)
  if not ok then
    error(err, 0)
  end
  return main
end

local function results_of(is_done, ...)
  if not is_done then
    error((...), 0)
  end
  return ...
end

-- Calls the function as a task, until all tasks have ended, and returns its results. Raises the first error that nobody
-- caught, in whichever task.
function loops.run(fn, ...)
  local failed, failure = false, nil
  local main = run_with(function(err)
    if not failed then
      failed, failure = true, err
    end
  end, fn, ...)
  if failed then
    error(failure, 0)
  end
  return results_of(main:join())
end

-- The same, but other tasks may fail: returns the errors that the hook is told of, as a list of
-- { err, traceback, task }.
function loops.reported(fn, ...)
  local reported = {}
  local main = run_with(function(...)
    reported[#reported + 1] = { ... }
  end, fn, ...)
  results_of(main:join())
  return reported
end

-- A test whose function is called as a task.
function loops.task(fn)
  return function()
    loops.run(fn)
  end
end

-- Bytes that tell where in the text they are.
function loops.pattern(size)
  local parts = {}
  for i = 1, math.ceil(size / 8) do
    parts[i] = ('%08d'):format(i)
  end
  return table.concat(parts):sub(1, size)
end

-- All that comes until the end of the stream, in pieces, with a pause after each.
function loops.receive_slowly(sock, piece, pause)
  local parts = {}
  while true do
    local part, err = loop.recv(sock, loops.patience, piece)
    assert(part or not err, err)
    if not part then
      return table.concat(parts)
    end
    parts[#parts + 1] = part
    if pause then
      loop.sleep(pause)
    end
  end
end

function loops.sorted_lines(text)
  local lines = {}
  for line in text:gmatch('[^\n]+') do
    lines[#lines + 1] = line
  end
  table.sort(lines)
  return lines
end

-- Lets other tasks go on until they all wait.
function loops.settle()
  for _ = 1, 5 do
    loop.sleep(0.001)
  end
end

-- The call raises an error whose message, after the position, is this text. Waits may be in it.
function loops.raised(text, call, ...)
  local ok, message = net.pcall(call, ...)
  assert(not ok, 'nothing was raised')
  message = tostring(message)
  assert(message:sub(-#text) == text, ('expected: %s\ngot: %s'):format(text, message))
  return message
end

-- Runs a program whose first lines are these modules, in a process that may use the processor for a minute, after the
-- shell command `before` if it is given. Returns what it wrote, and its exit status.
function loops.child(text, before)
  return child.run(
    [[
    local loop, llsocket, net = require('net.loop'), require('llsocket'), require('net')
    local loops, network = require('loops'), require('network')
    ]] .. text,
    'ulimit -t 60' .. (before and ' && ' .. before or '')
  )
end

-- Asserts that the program ends well and returns what it wrote.
function loops.output(text, before)
  local written, status = loops.child(text, before)
  assert(status == 0, ('the program ended with status %d and wrote:\n%s'):format(status, written))
  return written
end

-- fork(2); what was written before is not written twice.
function loops.fork()
  io.stdout:flush()
  io.stderr:flush()
  return require('process').fork()
end

-- Ends this process at once.
function loops.leave(status)
  io.stdout:flush()
  require('process').leave(status)
end

-- The exit status of a child process when it ends; 'killed' and the signal if one ended it.
function loops.wait_for(pid)
  local how, status = require('process').wait(pid)
  if how == 'exited' then
    return status
  end
  return how, status
end

-- Calls the function in a child process, and returns its exit status when it ends: 0 unless the function fails.
function loops.forked(fn)
  local pid = loops.fork()
  if pid == 0 then
    local ok, err = pcall(fn)
    if not ok then
      print(err)
    end
    loops.leave(ok and 0 or 1)
  end
  return loops.wait_for(pid)
end

-- Collects garbage, and makes new where it was: what should not have been collected is overwritten.
function loops.collect()
  collectgarbage()
  collectgarbage()
  local junk = {}
  for i = 1, 2000 do
    junk[i] = tostring(i):rep(i % 300 + 1)
  end
  return junk
end

-- Compiles what not every version can.
function loops.compiled(text, ...)
  return assert((loadstring or load)(text))(...)
end

-- Whether this process runs under AddressSanitizer.
local function has_sanitizer()
  local file = io.open('/proc/self/maps')
  local maps = file and file:read('*a') or ''
  if file then
    file:close()
  end
  return maps:find('libasan', 1, true) ~= nil
end

loops.has_sanitizer = has_sanitizer()

loops.has_close = _VERSION >= 'Lua 5.4'

return loops
