-- SPDX-License-Identifier: MIT
-- ./dev bench cores: this loop and others, in C++ and C, without Lua.

local contest = require('bench.contest')
local process = require('bench.process')

local function program(options, name)
  return process.quoted(('%s/bench/bench_cores_%s'):format(options.build, name))
end

local function library(name, title)
  return {
    name = name,
    title = title,
    words = function(options, row, count)
      return ('%s %s %d'):format(program(options, name), row.name, count)
    end,
  }
end

local cores = {
  intro = [[
In a round all programs run one after the other, on one core. The figures, medians of the rounds: CPU time, user and
system, or memory, of one turn, and that divided by the figure of llnet::core in the same round.]],
  ours = 'llnet',
  base = 'llnet',
  has_no_lua = true,
  libraries = {
    library('llnet', 'llnet::core'),
    library('libuv', 'libuv'),
    library('libev', 'libev'),
    library('asio', 'Asio'),
  },
  rows = require('bench.cores.rows'),
}

-- A library that was not found when this was built has no program.
function cores.run(options)
  local bench, versions = setmetatable({ libraries = {} }, { __index = cores }), {}
  for _, each in ipairs(cores.libraries) do
    local version = process.line_of(program(options, each.name) .. ' version 2>&1')
    if version then
      table.insert(bench.libraries, each)
    end
    versions[#versions + 1] = version or 'no ' .. each.title
  end
  print(table.concat(versions, ', '))
  print()
  return contest.run(setmetatable({ luas = { 'none' } }, { __index = options }), bench)
end

return cores
