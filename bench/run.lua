-- SPDX-License-Identifier: MIT
-- ./dev bench: measures what calls and sockets cost.

local root = arg[0]:match('^(.*)/bench/[^/]*$') or '.'
package.path = root .. '/?.lua;' .. package.path

local argparse = require('argparse')
local print_machine = require('bench.machine')
local process = require('bench.process')

local all_luas = { '5.1', '5.2', '5.3', '5.4', 'jit' }

local function row_names()
  local names = {}
  for _, row in ipairs(require('bench.calls.rows')) do
    names[#names + 1] = row.name
  end
  return names
end

local function positive(text)
  local number = tonumber(text)
  if number and number > 0 then
    return number
  end
  return nil, "'" .. text .. "' is no number above 0"
end

local function positive_integer(text)
  local number = math.tointeger(tonumber(text))
  if number and number > 0 then
    return number
  end
  return nil, "'" .. text .. "' is no whole number above 0"
end

local function options_of(arguments)
  local parser = argparse('bench', 'Measures what calls and sockets cost.')
  parser:argument('name', 'What to measure; all if missing'):choices({ 'calls', 'memory' }):args('?')
  parser:option('--rounds', 'How many runs of each program share its turns'):convert(positive_integer)
    :default('40')
  parser:option('--scale', 'Part of the usual number of turns, such as 0.1'):convert(positive):default('1')
  parser:option('--row', 'Only this row of calls'):choices(row_names())
  parser:option('--lua', 'Only this Lua'):choices(all_luas)
  parser:option('--build', 'Where it was built'):default(root .. '/build/release')
  parser:flag('--check', 'Fail if a target is missed')
  return parser:parse(arguments)
end

-- Returns a sentence for each target that is missed.
local function run(options)
  print_machine(options)
  local missed = {}
  for _, name in ipairs(options.name and { options.name } or { 'calls', 'memory' }) do
    for _, sentence in ipairs(require('bench.' .. name).run(options)) do
      missed[#missed + 1] = sentence
    end
  end
  for _, sentence in ipairs(missed) do
    print('missed: ' .. sentence)
  end
  return missed
end

local options = options_of(arg)
options.root = root
options.luas = process.built_luas(options.build, options.lua and { options.lua } or all_luas)
local ok, result = pcall(run, options)
if not ok then
  io.stderr:write('bench: ', tostring(result), '\n')
end
os.exit(ok and not (options.check and #result > 0))
