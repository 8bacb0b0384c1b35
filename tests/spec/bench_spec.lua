-- SPDX-License-Identifier: MIT
-- The programs that ./dev bench runs do run; what they measure is not judged here.
local program = require('program')

local function numbers_from(what, module, loop, count, directory)
  local text, status = program.run('bench/measure/' .. what .. '.lua', { module, loop, count, directory or '' })
  assert.are.equal(0, status, text)
  local numbers = {}
  for word in text:gmatch('%S+') do
    numbers[#numbers + 1] = assert(tonumber(word), text)
  end
  return numbers
end

local build, lua = package.cpath:match('([^;]*)/lua/([^/;]*)/%?%.so')

-- What a shell command writes.
local function output(command)
  local pipe = io.popen('(' .. command .. ') 2>&1')
  local text = pipe:read('*a')
  pipe:close()
  return text
end

-- It goes at the end of the test.
local function new_directory()
  local directory = program.file('')
  os.remove(directory)
  os.execute('mkdir ' .. program.quoted(directory))
  finally(function()
    os.execute('rm -r ' .. program.quoted(directory))
  end)
  return directory
end

describe('bench', function()
  local loops = { 'pair64_v1', 'pair64_v2', 'pair64_v3' }
  for _, row in ipairs(require('bench.calls.rows')) do
    loops[#loops + 1] = row.name
  end

  for _, loop in ipairs(loops) do
    it('runs the loop ' .. loop .. ' with this module', function()
      assert.is_true(#numbers_from('seconds', 'bench.calls.llsocket', loop, 100, new_directory()) > 0)
    end)
  end

  for _, row in ipairs(require('bench.loop.rows')) do
    it('measures ' .. row.name .. ' of net.loop', function()
      local numbers = numbers_from(row.bytes and 'bytes' or 'seconds', 'bench.loop.net_loop', row.loop or row.name, 200)
      for _, figure in ipairs(row.figures or {}) do
        assert.is_number(numbers[figure.number])
      end
    end)
  end

  -- They are the same for every Lua; bench/run.lua needs this one.
  local cores = _VERSION == 'Lua 5.4' and { 'llnet', 'libuv', 'libev', 'asio' } or {}
  for _, core in ipairs(cores) do
    local path = ('%s/bench/bench_cores_%s'):format(build, core)
    local file = io.open(path)
    if file then
      file:close()
      for _, row in ipairs(require('bench.cores.rows')) do
        it(('measures %s of the core %s'):format(row.name, core), function()
          local text = output(('%s %s 100'):format(program.quoted(path), row.name))
          assert.is_number(tonumber(text), text)
        end)
      end
    else
      pending(('measures the core %s: there is no %s'):format(core, path))
    end
  end

  local interpreter = program.quoted(build .. '/lua/' .. lua .. '/lua')
  local benches = require('net.tls').available and { 'echo', 'tls' } or { 'echo' }
  for _, bench in ipairs(benches) do
    local load = program.quoted(('%s/bench/bench_%s_load'):format(build, bench))
    local servers = { net = ('%s bench/%s/net.lua'):format(interpreter, bench) }
    if lua == '5.4' then
      servers.C = program.quoted(('%s/bench/bench_%s_c'):format(build, bench))
    end

    for _, row in ipairs(require('bench.' .. bench .. '.rows')) do
      for name, server in pairs(servers) do
        it(('loads the %s of the %s server in %s'):format(row.name, bench, name), function()
          local work = row.work(0.01)
          local numbers = output(('directory=%s; %s%s %s %s %s'):format(program.quoted(new_directory()),
            work.before or '', load, work.load, server, work.serve))
          local count = 0
          for number in numbers:gmatch('%S+') do
            count = count + (tonumber(number) and 1 or error(numbers))
          end
          assert.are.equal(#row.figures, count, numbers)
        end)
      end
    end
  end

  it('finds that a socket takes at most 120 bytes of Lua memory', function()
    assert.is_true(numbers_from('bytes', 'bench.memory.llsocket', 'socket', 500)[1] <= 120)
  end)
end)
