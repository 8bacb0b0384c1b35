-- SPDX-License-Identifier: MIT
-- The servers of a bench. A server has
--
-- name, title
-- words    that run it, before those of the row; `before`: those before them, `more`: those behind
-- lua      if it has one
-- is_peer  net must be ahead of it, where a row says so
-- row      the only row that it is in
--
-- A bench has programs, whose words are words(options), and which may have check(options), words that write the version
-- or fail; and scripts for every Lua, each in the file `script`.lua, or `name`.lua.

local process = require('bench.process')

local servers = {}

-- The words of a program of this build.
function servers.program(bench, name)
  return function(options)
    return process.quoted(('%s/bench/bench_%s_%s'):format(options.build, bench, name))
  end
end

-- The words of a script of the bench.
function servers.script(bench, interpreter, name)
  return function(options)
    return interpreter .. ' ' .. process.quoted(('%s/bench/%s/%s'):format(options.root, bench, name))
  end
end

-- Node.js, which is a peer of all benches.
function servers.node(bench)
  return {
    name = 'node',
    title = 'Node.js',
    words = servers.script(bench, 'node', 'node.js'),
    check = function()
      return [[node -p '"Node.js " + process.version']]
    end,
    is_peer = true,
  }
end

local function version_of(options, each)
  return process.line_of(each.check(options) .. ' 2>/dev/null')
end

-- Whether what a script requires is there: without a mode it fails only afterwards.
local function loads(words)
  local complaint = process.line_of(words .. ' 2>&1; true') or ''
  return not complaint:find("module '", 1, true)
end

local function add_programs(found, options, bench)
  for _, each in ipairs(bench.programs) do
    if not each.check or version_of(options, each) then
      found[#found + 1] = setmetatable({ words = each.words(options) }, { __index = each })
    end
  end
end

local function add_scripts(found, options, bench)
  for _, each in ipairs(bench.scripts) do
    for _, lua in ipairs(options.luas) do
      local interpreter = process.interpreter(options.build, lua)
      local words = servers.script(bench.name, interpreter, (each.script or each.name) .. '.lua')(options)
      if each.name:find('^net') or loads(words) then
        local own = { title = each.name .. ' ' .. lua, words = (each.before or '') .. words, lua = lua }
        found[#found + 1] = setmetatable(own, { __index = each })
      end
    end
  end
end

-- Those that are there, C first.
function servers.found(options, bench)
  local found = {}
  add_programs(found, options, bench)
  add_scripts(found, options, bench)
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
function servers.versions(options, bench)
  local list = {}
  for _, each in ipairs(bench.programs) do
    if each.check then
      list[#list + 1] = version_of(options, each) or 'no ' .. each.title
    end
  end
  return list
end

return servers
