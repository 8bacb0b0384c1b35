-- SPDX-License-Identifier: MIT
local child = require('child')
local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')
local process = require('process')

local unpack = table.unpack or unpack
local signals = loop.signals
local SIGTERM, SIGUSR1, SIGUSR2 = signals.SIGTERM, signals.SIGUSR1, signals.SIGUSR2
local task = loops.task

after_each(loops.assert_idle)

-- Sends the signal to this process.
local function raise(signal)
  process.kill(process.pid(), signal)
end

-- A task that waits for these signals, which are held already.
local function waiting_for(...)
  local waiting = loop.spawn(loop.sigwait, loops.patience, ...)
  loop.later()
  assert.equal('waiting', waiting:status())
  return waiting
end

describe('loop.signals', function()
  it('has the numbers that kill(1) has', function()
    for _, name in ipairs({ 'HUP', 'INT', 'QUIT', 'USR1', 'USR2', 'PIPE', 'ALRM', 'TERM', 'CHLD', 'WINCH' }) do
      local pipe = io.popen('kill -l ' .. signals['SIG' .. name])
      assert.equal(name, pipe:read('*l'))
      pipe:close()
    end
  end)
end)

describe('loop.sigwait', function()
  it('gives the number of the signal that comes', task(function()
    for _, name in ipairs({ 'SIGUSR1', 'SIGUSR2', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGCHLD', 'SIGWINCH' }) do
      local waiting = waiting_for(name)
      raise(signals[name])
      expect(waiting:join()):to_be(true, signals[name])
    end
  end))

  it('takes the number of a signal as well as its name', task(function()
    local waiting = waiting_for(SIGUSR1)
    raise(SIGUSR1)
    expect(waiting:join()):to_be(true, SIGUSR1)
  end))

  it('gives the one that comes of several', task(function()
    for _, signal in ipairs({ SIGUSR2, SIGTERM, SIGUSR1 }) do
      local waiting = waiting_for('SIGUSR1', SIGUSR2, 'SIGTERM')
      raise(signal)
      expect(waiting:join()):to_be(true, signal)
    end
  end))

  it('gives each of several that came before, once', task(function()
    expect(loop.sigwait(0, 'SIGUSR1', 'SIGUSR2')):to_be(nil, nil, true)
    raise(SIGUSR2)
    raise(SIGUSR1)
    local came = { [loop.sigwait(0, 'SIGUSR1', 'SIGUSR2')] = true, [loop.sigwait(0, 'SIGUSR1', 'SIGUSR2')] = true }
    assert.same({ [SIGUSR1] = true, [SIGUSR2] = true }, came)
    expect(loop.sigwait(0, 'SIGUSR1', 'SIGUSR2')):to_be(nil, nil, true)
  end))

  it('gets what another program sends', task(function()
    local waiting = waiting_for('SIGUSR1')
    os.execute('kill -USR1 ' .. process.pid())
    expect(waiting:join()):to_be(true, SIGUSR1)
  end))

  it('gets a signal that came while nobody waited for it', task(function()
    expect(loop.sigwait(0, 'SIGTERM')):to_be(nil, nil, true)
    raise(SIGTERM)
    expect(loop.sleep(0.002)):to_be(true)
    expect(loop.sigwait(0, 'SIGTERM')):to_be(SIGTERM)
  end))

  it('gives nil, nil, true when the time is over, and not before', task(function()
    local before = loop.now()
    expect(loop.sigwait(0.01, 'SIGUSR1')):to_be(nil, nil, true)
    assert.is_true(loop.now() - before >= 0.01)
    expect(loop.sigwait(0, 'SIGUSR1')):to_be(nil, nil, true)
  end))

  it('obeys a timeout around it, and loses nothing', task(function()
    expect(loop.timeout(0.005, loop.sigwait, nil, 'SIGUSR1')):to_be(nil, nil, true)
    expect(loop.timeout(0.005, loop.sigwait, 3600, 'SIGUSR1')):to_be(nil, nil, true)
    raise(SIGUSR1)
    expect(loop.sigwait(0, 'SIGUSR1')):to_be(SIGUSR1)
  end))

  it('leaves the signal to the next when its task was cancelled', task(function()
    local waiting = waiting_for('SIGUSR1')
    waiting:cancel()
    expect(waiting:join()):to_be(false, loops.cancellation)
    raise(SIGUSR1)
    expect(loop.sigwait(20, 'SIGUSR1')):to_be(SIGUSR1)
  end))

  it('ends in a task that goes on when it is cancelled', task(function()
    local waiting = loop.spawn(function()
      local ok, err = net.pcall(loop.sigwait, nil, 'SIGUSR1')
      return ok, err, loop.sigwait(20, 'SIGUSR1')
    end)
    loop.later()
    waiting:cancel()
    loop.later()
    raise(SIGUSR1)
    expect(waiting:join()):to_be(true, false, loops.cancellation, SIGUSR1)
  end))

  it('wakes one task for each signal, the one that waits longest first', task(function()
    local first, second = waiting_for('SIGUSR1'), waiting_for('SIGUSR1')
    raise(SIGUSR1)
    expect(first:join()):to_be(true, SIGUSR1)
    loops.settle()
    assert.equal('waiting', second:status())
    raise(SIGUSR1)
    expect(second:join()):to_be(true, SIGUSR1)
  end))

  it('wakes only who waits for this signal', task(function()
    local first, second = waiting_for('SIGUSR1'), waiting_for('SIGUSR2')
    raise(SIGUSR2)
    expect(second:join()):to_be(true, SIGUSR2)
    assert.equal('waiting', first:status())
    raise(SIGUSR1)
    expect(first:join()):to_be(true, SIGUSR1)
  end))

  it('may be told of the same signal twice', task(function()
    local waiting = waiting_for('SIGUSR1', SIGUSR1)
    raise(SIGUSR1)
    expect(waiting:join()):to_be(true, SIGUSR1)
    expect(loop.sigwait(0, 'SIGUSR1')):to_be(nil, nil, true)
  end))

  it('lets other tasks wait for other things meanwhile', task(function()
    local a, b = loops.pair()
    local waiting, reader = waiting_for('SIGUSR1'), loop.spawn(loop.recv, a)
    loop.later()
    b:send('x')
    expect(reader:join()):to_be(true, 'x')
    expect(loop.sleep(0.001)):to_be(true)
    assert.equal('waiting', waiting:status())
    raise(SIGUSR1)
    expect(waiting:join()):to_be(true, SIGUSR1)
  end))

  it('works in a generator', task(function()
    local next_signal = coroutine.wrap(function()
      while true do
        coroutine.yield(loop.sigwait(20, 'SIGUSR1', 'SIGUSR2'), 'of the generator')
      end
    end)
    expect(loop.sigwait(0, 'SIGUSR1', 'SIGUSR2')):to_be(nil, nil, true)
    for _, signal in ipairs({ SIGUSR1, SIGUSR2, SIGUSR1 }) do
      raise(signal)
      expect(next_signal()):to_be(signal, 'of the generator')
    end
  end))

  it('is known to stats and dump by its name', task(function()
    local waiting = waiting_for('SIGUSR1')
    assert.equal(1, loop.stats().waits.sigwait)
    local rows = loop.dump()
    local row = rows[1].task == waiting and rows[1] or rows[2]
    assert.equal(waiting, row.task)
    assert.equal('sigwait', row.what)
    assert.is_nil(row.fd)
    assert.is_true(row.deadline > 0 and row.deadline <= loops.patience)
    waiting:cancel()
    waiting:join()
    assert.is_nil(loop.stats().waits.sigwait)
  end))

  it('raises an error outside of a task, and holds nothing', function()
    loops.raised("cannot use 'sigwait' here: this is not inside a task; tasks begin with run() or spawn()", function()
      local _ = loop.sigwait(0, 'SIGUSR1')
    end)
    assert.is_false(process.is_blocked(SIGUSR1))
  end)

  for what, refused in pairs({
    ['a wait for nothing'] = { 'signal expected, got no value', n = 0 },
    ['nil'] = { "signal's number or name expected, got nil", nil },
    ['a name that no signal has'] = { "no signal 'SIGNONE' here", 'SIGNONE' },
    ['a name without SIG'] = { "no signal 'USR1' here", 'USR1' },
    ['a number as a text'] = { "no signal '10' here", '10' },
    ['a table'] = { "signal's number or name expected, got table", {} },
    ['a boolean'] = { "signal's number or name expected, got boolean", true },
    ['0'] = { 'out of range (1 to 2147483647)', 0 },
    ['-1'] = { 'out of range (1 to 2147483647)', -1 },
    ['half a signal'] = { 'number has no integer representation', 1.5 },
    ['a number that no signal has'] = { 'no signal that can be waited for', 1000 },
    ['SIGKILL'] = { 'no signal that can be waited for', 'SIGKILL' },
    ['SIGSTOP by its number'] = { 'no signal that can be waited for', signals.SIGSTOP },
  }) do
    it('refuses ' .. what, task(function()
      loops.raised(('(%s)'):format(refused[1]), function()
        local _ = loop.sigwait(0, unpack(refused, 2, 1 + (refused.n or 1)))
      end)
    end))
  end

  it('refuses times that are none', task(function()
    for _, seconds in ipairs({ -1, 0 / 0, math.huge, 'x', {} }) do
      assert.is_false((net.pcall(loop.sigwait, seconds, 'SIGUSR1')))
    end
  end))

  it('holds nothing when one of its signals is refused', task(function()
    loops.raised("(no signal 'SIGNONE' here)", function()
      local _ = loop.sigwait(0, 'SIGUSR1', 'SIGNONE')
    end)
    loops.raised('(no signal that can be waited for)', function()
      local _ = loop.sigwait(0, 'SIGUSR1', 'SIGKILL')
    end)
    assert.is_false(process.is_blocked(SIGUSR1))
  end))
end)

describe('a signal that was waited for', function()
  local function treatment()
    return { process.is_blocked(SIGUSR1), process.is_blocked(SIGUSR2), process.is_blocked(SIGTERM) }
  end

  it('is blocked as before after run(), whoever waits last', function()
    local before = treatment()
    local while_tasks_ran
    for _, main in ipairs({
      function()
        loop.sigwait(0, 'SIGUSR1', 'SIGTERM')
        while_tasks_ran = treatment()
      end,
      function()
        loop.sigwait(0.001, 'SIGUSR1', 'SIGUSR2')
      end,
      function()
        loop.sigwait(0, 'SIGUSR1')
        loop.sleep(0.001)
      end,
      function()
        loop.spawn(loop.sigwait, 0.002, 'SIGUSR2')
        loop.sigwait(0.001, 'SIGUSR1')
      end,
      function()
        local waiting = loop.spawn(loop.sigwait, nil, 'SIGTERM')
        loop.later()
        waiting:cancel()
      end,
      function()
        local waiting = loop.spawn(loop.sigwait, nil, 'SIGUSR2')
        loop.later()
        raise(SIGUSR2)
        waiting:join()
      end,
    }) do
      assert.is_true((loop.run(main)))
      assert.same(before, treatment())
    end
    assert.is_not_same(before, while_tasks_ran)
  end)

  it('is so also when the task fails that waited for it', function()
    local before = treatment()
    assert.equal(1, #loops.reported(function()
      loop.spawn(function()
        loop.sigwait(0.001, 'SIGUSR1')
        error('reported')
      end)
    end))
    assert.same(before, treatment())
  end)

  it('is so when a host sees that no task is left', function()
    local before = treatment()
    loop.spawn(loop.sigwait, 0.002, 'SIGUSR1')
    while loop:step(0.01) > 0 do
      assert.is_not_same(before, treatment())
    end
    assert.same(before, treatment())
  end)

  it('kills the process again after run()', function()
    local written, status = loops.child([[
      io.stdout:setvbuf('no')
      local process = require('process')
      print(loop.run(loop.sigwait, 0.05, 'SIGTERM'))
      process.kill(process.pid(), loop.signals.SIGTERM)
      print('alive')]])
    assert.equal('true\tnil\tnil\ttrue\n', (written:gsub('Terminated\n', '')))
    assert.equal(128 + SIGTERM, status)
  end)

  it('kills the process after run() if it came and nobody took it', function()
    local written, status = loops.child([[
      io.stdout:setvbuf('no')
      local process = require('process')
      loop.run(function()
        loop.sigwait(0, 'SIGTERM')
        process.kill(process.pid(), loop.signals.SIGTERM)
        loop.sleep(0.001)
        print('in time')
      end)
      print('alive')]])
    assert.equal('in time\n', (written:gsub('Terminated\n', '')))
    assert.equal(128 + SIGTERM, status)
  end)

  it('is ignored after run() as before, and comes meanwhile all the same', function()
    assert.equal(
      ('true\ttrue\t%d\nalive\n'):format(SIGUSR1),
      loops.output(
        [[
        local process = require('process')
        local function raise()
          process.kill(process.pid(), loop.signals.SIGUSR1)
        end
        raise()
        print(loop.run(function()
          local waiting = loop.spawn(loop.sigwait, 20, 'SIGUSR1')
          loop.later()
          raise()
          return waiting:join()
        end))
        raise()
        print('alive')]],
        "trap '' USR1"
      )
    )
  end)

  it('is blocked as before when the Lua state is closed while a task waits for it', function()
    local written, status = child.run([[
      local process = require('process')
      local function report()
        io.stdout:write(tostring(process.is_blocked(15)), '\n')
      end
      -- Made before the loop, it is finalized after it.
      LAST = require('finalizable')(report)
      local loop = require('net.loop')
      assert(loop.signals.SIGTERM == 15)
      loop.spawn(loop.sigwait, nil, 'SIGTERM', 'SIGUSR1')
      loop.spawn(loop.sigwait, 3600, 'SIGTERM')
      loop:step(0)
      report()]])
    assert.equal('true\nfalse\n', written)
    assert.equal(0, status)
  end)
end)

describe('a child process of one that waits for a signal', function()
  local function writes(expected, text)
    return function()
      local written = loops.output([[
        local process = require('process')
        local signals = loop.signals
        local function raise(signal)
          process.kill(process.pid(), signal)
        end
        ]] .. text)
      assert.equal(expected, (written:gsub('\t', ' ')))
    end
  end

  it('waits for its own, and the parent goes on waiting', writes(
    ('child true true %d\nparent 0\nparent waiting\nparent true %d\n'):format(SIGUSR1, SIGUSR1),
    [[
    local waiting = loop.spawn(loop.sigwait, 60, 'SIGUSR1')
    loop:step(0)
    print('parent', loops.forked(function()
      print('child', loop.run(function()
        local own = loop.spawn(loop.sigwait, 60, 'SIGUSR1')
        loop.later()
        raise(signals.SIGUSR1)
        return own:join()
      end))
    end))
    loop:step(0)
    print('parent', waiting:status())
    raise(signals.SIGUSR1)
    loop.run(function() end)
    print('parent', waiting:join())]]
  ))

  it('does not get what came for the parent', writes(
    ('child true nil nil true\nparent 0\nparent true %d\n'):format(SIGUSR1),
    [[
    local waiting = loop.spawn(loop.sigwait, 60, 'SIGUSR1')
    loop:step(0)
    raise(signals.SIGUSR1)
    print('parent', loops.forked(function()
      print('child', loop.run(loop.sigwait, 0.005, 'SIGUSR1'))
    end))
    loop.run(function() end)
    print('parent', waiting:join())]]
  ))

  it('ends well without a loop of its own', writes('0\n0\n', [[
    loop.spawn(loop.sigwait, 3600, 'SIGUSR1')
    loop:step(0)
    print(loops.forked(function() end))
    print(loops.forked(function()
      os.exit(0, true)
    end))]]))

  it('that runs a loop of its own leaves the parent its signals', writes(
    ('parent 0\nparent true %d\n'):format(SIGTERM),
    [[
    local waiting = loop.spawn(loop.sigwait, 60, 'SIGTERM')
    loop:step(0)
    print('parent', loops.forked(function()
      loop.run(loop.sigwait, 0, 'SIGTERM')
      loop.run(loop.sleep, 0)
      os.exit(0, true)
    end))
    raise(signals.SIGTERM)
    loop.run(function() end)
    print('parent', waiting:join())]]
  ))

  it('is killed by it when its own tasks have ended', writes(('killed %d\n'):format(SIGTERM), [[
    loop.run(loop.sleep, 0)
    print(loops.forked(function()
      loop.run(loop.sigwait, 0, 'SIGTERM')
      raise(signals.SIGTERM)
    end))]]))
end)
