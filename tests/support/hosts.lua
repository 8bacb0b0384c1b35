-- SPDX-License-Identifier: MIT
-- Tasks in the event loops of others: cqueues, Copas, and luv.

local busted = require('busted')
local poller = require('net.poller')

local LIMIT_SEC = 10

local hosts = {}

local made = {
  cqueues = function(cqueues)
    local controller = cqueues.new()
    return {
      spawn = function(fn)
        controller:wrap(fn)
      end,
      run = function(is_busy)
        while is_busy() do
          assert(controller:loop(LIMIT_SEC))
          if not controller:empty() then
            break
          end
        end
      end,
    }
  end,

  copas = function(copas, adapter)
    local gettime = require('socket').gettime
    local errors = {}
    return {
      spawn = function(fn)
        copas.addthread(function()
          copas.setErrorHandler(function(err)
            table.insert(errors, err)
          end)
          adapter.sleep(0)
          fn()
        end)
      end,
      run = function(is_busy)
        local limit = gettime() + LIMIT_SEC
        while is_busy() and not errors[1] and gettime() < limit do
          copas.step(LIMIT_SEC)
        end
        assert(not errors[1], errors[1])
      end,
    }
  end,

  luv = function(uv)
    return {
      spawn = function(fn)
        local timer = uv.new_timer()
        timer:start(0, 0, function()
          timer:close()
          local ok, err = coroutine.resume(coroutine.create(fn))
          if not ok then
            error(tostring(err), 0)
          end
        end)
      end,
      run = function()
        local guard = uv.new_timer()
        guard:start(LIMIT_SEC * 1000, 0, uv.stop)
        guard:unref()
        uv.run()
        guard:close()
        uv.run('nowait') -- luv crashes at the end of the program if a handle is not quite closed
      end,
    }
  end,
}

-- Tasks in a host, which spawn(fn) begins, and run(is_busy) lets run while is_busy().
local function new_crew(host)
  local left = 0
  local crew = {}

  function crew.spawn(fn)
    left = left + 1
    host.spawn(function()
      fn()
      left = left - 1
    end)
  end

  -- Until all tasks have ended, which they must.
  function crew.run()
    host.run(function()
      return left > 0
    end)
    assert(left == 0, 'tasks that did not end')
  end

  return crew
end

-- For the package of this name and its adapter.
function hosts.crew(name, package_, adapter)
  return new_crew(made[name](package_, adapter))
end

-- Describes what net does in the loop of each of these packages, where this Lua has it, by body(spawn, runs, adapter):
-- runs(fn) is a test which fn begins, spawn(fn) another task in it, and all of them must end.
function hosts.each(what, body)
  for _, name in ipairs({ 'copas', 'cqueues', 'luv' }) do
    local has_package, package_ = pcall(require, name)

    busted.describe(('%s under %s'):format(what, name), function()
      if not has_package then
        busted.pending(('no %s here for this Lua'):format(name))
        return
      end

      local adapter = require('net.poller.' .. name)
      local crew

      local function spawn(fn)
        crew.spawn(fn)
      end

      local function runs(fn)
        return function()
          crew.spawn(fn)
          crew.run()
        end
      end

      busted.before_each(function()
        poller.use(adapter)
        crew = hosts.crew(name, package_, adapter)
      end)

      busted.after_each(function()
        poller.use(nil)
      end)

      body(spawn, runs, adapter)
    end)
  end
end

return hosts
