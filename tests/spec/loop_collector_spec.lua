-- SPDX-License-Identifier: MIT
-- The collector at any instruction of tasks, and the end of the Lua state in the middle of them.

local descriptors = require('descriptors')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

after_each(loops.assert_idle)

-- A little of everything that tasks do, and whether it came out right. Calls `begin` in each of its tasks.
local function bustle(begin)
  begin()
  local a, b = loops.pair()
  local group = loop.group()
  for i = 1, 5 do
    group:spawn(function()
      begin()
      return coroutine.wrap(function()
        loop.later()
        coroutine.yield(i)
      end)()
    end)
  end
  local reader = loop.spawn(function()
    begin()
    local parts = {}
    while true do
      local part = loop.recv(a, 20, 7)
      if not part then
        return table.concat(parts)
      end
      parts[#parts + 1] = part
    end
  end)
  local suspended = loop.spawn(function()
    begin()
    return net.pcall(loop.suspend)
  end)
  local text = ''
  for i = 1, 5 do
    text = text .. i
    assert(loop.send(b, 20, tostring(i)) == 1)
    assert(select(3, loop.timeout(0, loop.suspend)) == true)
  end
  b:close()
  local sum = 0
  for _ = 1, 5 do
    local _, ok, i = group:await(20)
    assert(ok)
    sum = sum + i
  end
  assert(sum == 15)
  assert(select(2, reader:join()) == text)
  assert(suspended:cancel())
  local ok, caught, err = suspended:join()
  assert(ok and caught == false and err == loops.cancellation)
  local failing = loop.spawn(error, { 'x' })
  assert(failing:join() == false)
  assert(loop.read_lock(a))
  local waiter = loop.spawn(loop.read_lock, a, 20)
  loop.later()
  assert(loop.read_unlock(a))
  assert(waiter:join())
  a:close()
end

describe('the collector', function()
  -- Has tasks bustle while the debug hook `every` is called after each `count` instructions; compiled code would not
  -- call it.
  local function under_hook(every, count)
    if jit then
      jit.off()
    end
    loops.reported(bustle, function()
      debug.sethook(every, '', count) -- in most versions each coroutine has its own
    end)
    debug.sethook()
    if jit then
      jit.on()
    end
  end

  local function nothing() end

  -- H16
  it('may run at any instruction', function()
    loop.run(nothing) -- the loop has a descriptor from now on
    local before = descriptors.list()
    under_hook(collectgarbage, 23)
    assert.same(before, descriptors.list())
  end)

  -- H16
  it('may make a step at any instruction', function()
    local function step()
      collectgarbage('step', 1)
    end
    collectgarbage('stop')
    under_hook(step, 3)
    collectgarbage('restart')
  end)

  -- H16
  it('may run in generational mode', function()
    if _VERSION < 'Lua 5.4' then
      return pending('this version has no generational mode')
    end
    collectgarbage('generational')
    local function step()
      collectgarbage('step')
    end
    under_hook(step, 7)
    for _ = 1, 20 do
      loops.reported(bustle, nothing)
    end
    collectgarbage('incremental')
  end)

  -- H16
  it('may be stopped for a while', function()
    collectgarbage('stop')
    for _ = 1, 20 do
      loops.reported(bustle, nothing)
    end
    collectgarbage('restart')
    collectgarbage()
  end)
end)

describe('a Lua state that is closed', function()
  -- What a task may be doing then.
  local waits = {
    ['sleep'] = 'loop.sleep(3600)',
    ['suspend'] = 'loop.suspend()',
    ['suspend for a while'] = 'loop.suspend(3600)',
    ['later'] = 'while true do loop.later() end',
    ['readable'] = 'loop.readable(a)',
    ['readable of a number'] = 'loop.readable(a:fd())',
    ['readable of a file'] = "loop.readable(require('scenes').file('x')()) loop.suspend()",
    ['writable'] = 'network.fill(a) loop.writable(a)',
    ['recv'] = 'loop.recv(a)',
    ['recv of much'] = 'loop.recv(a, nil, 1000000)',
    ['recvfrom'] = 'loop.recvfrom(a, 3600)',
    ['send'] = 'loop.send(a, nil, ("x"):rep(10000000))',
    ['sendfile'] = [[
      local file = io.tmpfile()
      file:write(('x'):rep(5000000))
      loop.sendfile(a, nil, file, 5000000)]],
    ['accept'] = 'loop.accept((loops.listener()))',
    ['connect'] = [[
      local _, address = loops.listener(0)
      for _ = 1, 5 do
        loop.spawn(loop.connect, loops.tcp(), nil, address)
      end
      loop.suspend()]],
    ['relay'] = 'loop.relay(a, nil, (loops.pair()))',
    ['relay to a full sink'] = 'local c = loops.pair() network.fill(c) b:send("x") loop.relay(a, nil, c)',
    ['sigwait'] = "loop.sigwait(nil, 'SIGTERM')",
    ['getaddrinfo'] = "while true do loop.getaddrinfo(nil, 'localhost', 80) end",
    ['join'] = 'loop.spawn(loop.suspend):join()',
    ['a lock'] = 'loop.read_lock(a) loop.spawn(loop.read_lock, a):join()',
    ['group:await'] = 'local group = loop.group() group:spawn(loop.suspend) group:await()',
    ['timeout'] = 'loop.timeout(3600, loop.recv, a)',
    ['a generator'] = 'coroutine.wrap(function() coroutine.wrap(loop.recv)(a) end)()',
    ['net.pcall'] = 'net.pcall(loop.recv, a)',
    ['spawn'] = 'loop.spawn(loop.suspend) loop.suspend()',
    ['a task that was resumed'] = 'local t = loop.spawn(loop.suspend) loop.later() t:resume({}, {}) loop.suspend()',
    ['a task that was cancelled'] = 'local t = loop.spawn(loop.suspend) loop.later() t:cancel() loop.suspend()',
    ['a socket that was closed'] = 'loop.spawn(loop.recv, a) loop.later() a:close() loop.suspend()',
  }

  -- How the program ends meanwhile: with this status.
  local ends = {
    ['by os.exit beside it'] = { 0, 'start() loop:step(0) loop:step(0.001) os.exit(0, true)' },
    ['by its last line'] = { 0, 'start() loop:step(0) loop:step(0.001)' },
    ['by an error'] = { 1, 'start() loop:step(0) loop:step(0.001) error("the end")' },
    ['by os.exit in a task'] = { 0, 'start() loop.run(function() loop.sleep(0.001) os.exit(0, true) end)' },
    ['by os.exit in a generator of a task'] = {
      0,
      'start() loop.run(function() loop.sleep(0.001) coroutine.wrap(function() os.exit(0, true) end)() end)',
    },
    ['by os.exit in the hook for errors'] = {
      0,
      'start() loop.onerror(function() os.exit(0, true) end) loop.run(function() loop.sleep(0.001) error() end)',
    },
  }

  for name, wait in pairs(waits) do
    it(('does no harm while a task is in %s'):format(name), function()
      for how, row in pairs(ends) do
        local written, status = loops.child(([[
          local a, b = loops.pair()
          local function start()
            loop.spawn(function()
              %s
            end)
          end
          %s]]):format(wait, row[2]))
        assert.equal(row[1], status, ('%s: %s'):format(how, written))
        assert.is_nil(written:find('Sanitizer', 1, true), written)
      end
    end)
  end
end)
