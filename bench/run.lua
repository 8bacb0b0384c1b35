-- SPDX-License-Identifier: MIT
-- ./dev bench: measures what calls, sockets, tasks and servers cost.

local root = arg[0]:match('^(.*)/bench/[^/]*$') or '.'
package.path = root .. '/?.lua;' .. package.path

local argparse = require('argparse')
local machine = require('bench.machine')
local process = require('bench.process')

local all_luas = { '5.1', '5.2', '5.3', '5.4', 'jit' }
local all_names = { 'calls', 'memory', 'loop', 'cores', 'echo', 'tls' }

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

local function has_row(bench, name)
  for _, row in ipairs(bench.rows) do
    if row.name == name then
      return true
    end
  end
  return false
end

-- The benches to run: that one or all, and of them those that have the row.
local function benches_of(options)
  local benches = {}
  for _, name in ipairs(options.name and { options.name } or all_names) do
    local bench = require('bench.' .. name)
    if not options.row or has_row(bench, options.row) then
      benches[#benches + 1] = bench
    end
  end
  return benches
end

local function options_of(arguments)
  local parser = argparse('bench', 'Measures what calls, sockets, tasks and servers cost.')
  parser:argument('name', 'What to measure; all if missing'):choices(all_names):args('?')
  parser:option('--rounds', 'How many runs of each program share its turns'):convert(positive_integer)
    :default('40')
  parser:option('--scale', 'Part of the usual number of turns, such as 0.1'):convert(positive):default('1')
  parser:option('--row', 'Only this row')
  parser:option('--lua', 'Only this Lua'):choices(all_luas)
  parser:option('--build', 'Where it was built'):default(root .. '/build/release')
  parser:flag('--check', 'Fail if a target is missed')
  parser:option('--page', 'A directory, where benches of servers write their tables and a plot as well (with gnuplot)')
  local options = parser:parse(arguments)
  options.benches = benches_of(options)
  if #options.benches == 0 then
    parser:error(("%s has no row '%s'"):format(options.name or 'bench', options.row))
  end
  return options
end

-- Returns a sentence for each target that is missed.
local function run(options)
  print(table.concat(options.machine, '\n') .. '\n')
  local missed = {}
  for _, bench in ipairs(options.benches) do
    for _, sentence in ipairs(bench.run(options)) do
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
options.machine = machine(options)
local ok, result = pcall(run, options)
if not ok then
  io.stderr:write('bench: ', tostring(result), '\n')
end
os.exit(ok and not (options.check and #result > 0))
