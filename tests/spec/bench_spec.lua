-- SPDX-License-Identifier: MIT
-- The programs that ./dev bench runs do run; what they measure is not judged here.
local program = require('program')
local rows = require('bench.calls.rows')

local function number_from(path, arguments)
  local text, status = program.run(path, arguments)
  assert.are.equal(0, status, text)
  return tonumber(text)
end

describe('bench', function()
  local loops = { 'pair64_v1', 'pair64_v2', 'pair64_v3' }
  for _, row in ipairs(rows) do
    loops[#loops + 1] = row.name
  end

  for _, loop in ipairs(loops) do
    it('runs the loop ' .. loop .. ' with this module', function()
      local directory = program.file('')
      os.remove(directory)
      os.execute('mkdir ' .. program.quoted(directory))
      finally(function()
        os.execute('rm -r ' .. program.quoted(directory))
      end)
      assert.is_number(number_from('bench/calls/measure.lua', { 'llsocket', loop, 100, directory }))
    end)
  end

  it('finds that a socket takes at most 120 bytes of Lua memory', function()
    assert.is_true(number_from('bench/memory/measure.lua') <= 120)
  end)
end)
