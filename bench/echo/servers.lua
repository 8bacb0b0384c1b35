-- SPDX-License-Identifier: MIT
-- The servers of ./dev bench echo. A server has
--
-- name, title
-- words    that run it, before those of the row; `before`: those before them, `more`: those behind
-- lua      if it has one
-- is_peer  net must be ahead of it, where a row says so
-- row      the only row that it is in

local process = require('bench.process')

local servers = {}

local function program(name)
  return function(options)
    return process.quoted(('%s/bench/bench_echo_%s'):format(options.build, name))
  end
end

local function script(interpreter, name)
  return function(options)
    return interpreter .. ' ' .. process.quoted(('%s/bench/echo/%s'):format(options.root, name))
  end
end

-- `check`: what writes the version of its library, or fails.
local programs = {
  { name = 'c', title = 'C', words = program('c') },
  {
    name = 'asio',
    title = 'Asio',
    words = program('asio'),
    check = function(options)
      return program('asio')(options) .. ' version'
    end,
  },
  {
    name = 'node',
    title = 'Node.js',
    words = script('node', 'node.js'),
    check = function()
      return [[node -p '"Node.js " + process.version']]
    end,
    is_peer = true,
  },
  {
    name = 'asyncio',
    title = 'asyncio',
    words = script('/usr/bin/python3', 'python.py'),
    check = function()
      return '/usr/bin/python3 --version'
    end,
    is_peer = true,
  },
}

local of_lua = {
  { name = 'net' },
  { name = 'net pad', script = 'net', before = 'env MALLOC_TOP_PAD_=16777216 ', row = 'echo16k_64' },
  { name = 'luv', is_peer = true },
  { name = 'luv try', script = 'luv', more = ' try', row = 'echo64_64' },
  { name = 'cqueues', is_peer = true },
  { name = 'copas', is_peer = true },
}

local function version_of(options, each)
  return process.line_of(each.check(options) .. ' 2>/dev/null')
end

-- Whether what a script requires is there: without a mode it fails only afterwards.
local function loads(words)
  local complaint = process.line_of(words .. ' 2>&1; true') or ''
  return not complaint:find("module '", 1, true)
end

local function add_programs(found, options)
  for _, each in ipairs(programs) do
    if not each.check or version_of(options, each) then
      found[#found + 1] = setmetatable({ words = each.words(options) }, { __index = each })
    end
  end
end

local function add_scripts(found, options)
  for _, each in ipairs(of_lua) do
    for _, lua in ipairs(options.luas) do
      local words = script(process.interpreter(options.build, lua), (each.script or each.name) .. '.lua')(options)
      if each.name:find('^net') or loads(words) then
        local own = { title = each.name .. ' ' .. lua, words = (each.before or '') .. words, lua = lua }
        found[#found + 1] = setmetatable(own, { __index = each })
      end
    end
  end
end

-- Those that are there, C first.
function servers.found(options)
  local found = {}
  add_programs(found, options)
  add_scripts(found, options)
  return found
end

-- Those of them that can run the row.
function servers.with(found, row)
  local list = {}
  for _, server in ipairs(found) do
    if not (row.lacking and row.lacking[server.name]) and (server.row or row.name) == row.name then
      list[#list + 1] = server
    end
  end
  return list
end

-- Of what is no Lua.
function servers.versions(options)
  local list = {}
  for _, each in ipairs(programs) do
    if each.check then
      list[#list + 1] = version_of(options, each) or 'no ' .. each.title
    end
  end
  return list
end

return servers
