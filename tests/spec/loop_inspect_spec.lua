-- SPDX-License-Identifier: MIT
-- What a loop tells of its tasks and of itself.
local descriptors = require('descriptors')
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')

local pair, task = loops.pair, loops.task

after_each(loops.assert_idle)

describe('loop.dump', function()
  it('lists the tasks that wait', task(function()
    local a = pair()
    local function culprit()
      loop.readable(a, 20)
      return 1
    end
    local reader = loop.spawn(function()
      culprit()
      return 1
    end)
    local suspended = loop.spawn(loop.suspend)
    loop.sleep(0.01)
    local rows = {}
    for _, row in ipairs(loop.dump()) do
      rows[row.task] = row
    end
    local row = rows[reader]
    assert.equal('readable', row.what)
    assert.equal(reader:id(), row.id)
    assert.equal(a:fd(), row.fd)
    assert.is_true(row.since > 0 and row.since < loops.patience)
    assert.is_true(row.deadline > 0 and row.deadline <= 20)
    assert.is_truthy(row.traceback:find('culprit', 1, true), row.traceback)
    row = rows[suspended]
    assert.equal('suspend', row.what)
    assert.is_nil(row.fd)
    assert.is_nil(row.deadline)
    assert.is_nil(rows[loop.running()])
    reader:cancel()
    suspended:cancel()
  end))

  it('is a readable text', task(function()
    local a = pair()
    local reader, suspended = loop.spawn(loop.readable, a, 20), loop.spawn(loop.suspend)
    loops.settle()
    local text = tostring(loop.dump())
    assert.is_truthy(
      text:find(('task %d: readable on %d for %%d+%%.%%d+ s, %%d+%%.%%d+ s left'):format(reader:id(), a:fd())),
      text
    )
    assert.is_truthy(text:find(('task %d: suspend for %%d+%%.%%d+ s\n'):format(suspended:id())), text)
    reader:cancel()
    suspended:cancel()
  end))

  it('is empty when nobody waits', function()
    local rows = loop.dump()
    assert.equal(0, #rows)
    assert.equal('', tostring(rows))
  end)

  it('works outside of run', function()
    local suspended = loop.spawn(loop.suspend)
    assert.equal(0, #loop.dump())
    loop:step(0)
    local rows = loop.dump()
    assert.equal(1, #rows)
    assert.equal(suspended, rows[1].task)
    rows[1].task:cancel()
    loops.finish()
  end)
end)

describe('loop.backend', function()
  it('is epoll or poll', function()
    local name = loop.backend()
    assert.is_true(name == 'epoll' or name == 'poll', name)
  end)

  for name, expected in pairs({ poll = 'poll', epoll = 'epoll', [''] = 'epoll' }) do
    it(('is %s when the environment says "%s"'):format(expected, name), function()
      if expected == 'epoll' and not io.open('/proc/version') then
        return pending('epoll is for Linux')
      end
      local written = loops.output(
        'print(loop.backend()) print(loop.run(loop.sleep, 0.001))',
        'export LLNET_BACKEND=' .. name
      )
      assert.equal(expected .. '\ntrue\ttrue\n', written)
    end)
  end

  it('is an error when the environment says what is none', function()
    local written = loops.output(
      'print(pcall(loop.backend)) print(pcall(loop.run, print)) print(pcall(loop.spawn, print))',
      'export LLNET_BACKEND=none'
    )
    assert.is_truthy(written:find('^' .. ('false\t[^\n]*LLNET_BACKEND[^\n]*\n'):rep(3) .. '$'), written)
  end)
end)

describe('loop.pollable and loop.current', function()
  it('tell the task that calls', task(function()
    assert.is_true(loop.pollable())
    assert.equal(loop.running(), loop.current())
    coroutine.wrap(function()
      assert.is_true(loop.pollable())
    end)()
  end))

  it('tell that there is none', function()
    assert.is_false(loop.pollable())
    expect((loop.current())):to_be(nil)
  end)
end)

describe('a loop that was never used', function()
  it('opens nothing when the module is loaded', function()
    local written = loops.output([[
      local descriptors = require('descriptors')
      local before = #descriptors.list()
      loop.now()
      loop.running()
      loop.onerror()
      loop.group()
      print(#descriptors.list() - before)
      loop.backend()
      print(#descriptors.list() - before > 0 or loop.backend() == 'poll')]])
    assert.equal('0\ntrue\n', written)
  end)

  it('leaves no descriptor of its tasks open', function()
    local before
    for _ = 1, 3 do
      loops.run(function()
        local a, b = pair()
        for _ = 1, 50 do
          b:send('x')
          loop.recv(a, 20)
          loop.getaddrinfo(20, 'localhost', 1)
        end
        a:close()
        b:close()
      end)
      before = before or descriptors.list()
    end
    assert.same(before, descriptors.list())
  end)
end)
