-- SPDX-License-Identifier: MIT
-- Runs the measured programs.

local process = {}

function process.quoted(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

-- Returns the first line that a shell command writes; nil if it fails or writes nothing.
function process.line_of(command)
  local pipe <close> = assert(io.popen(command))
  local line = pipe:read('l')
  return pipe:close() and line or nil
end

-- The interpreter of that Lua with the modules of the build in its path.
function process.interpreter(build, lua)
  return process.quoted(('%s/lua/%s/lua'):format(build, lua))
end

-- Those of the Luas that the build is for.
function process.built_luas(build, luas)
  local built = {}
  for _, lua in ipairs(luas) do
    if process.line_of(process.interpreter(build, lua) .. ' -v 2>&1') then
      built[#built + 1] = lua
    end
  end
  return built
end

function process.has_module(build, lua, module)
  return process.line_of(('%s -e "require([[%s]]) print(1)" 2>/dev/null'):format(
    process.interpreter(build, lua), module)) ~= nil
end

-- The prefix that keeps a program on the last core: the first ones have most of the machine's own work.
function process.pinned()
  local cores = process.line_of('nproc')
  return cores and process.line_of('command -v taskset') and ('taskset -c %d '):format(cores - 1) or ''
end

-- Returns the number that the program prints; it must succeed. $directory in its words is a new, empty directory.
function process.number_of(words)
  local command = 'directory=$(mktemp -d) && ' .. words .. '; status=$?; rm -r "$directory"; exit $status'
  return tonumber(process.line_of(command)) or error('this failed: ' .. words, 0)
end

return process
