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

-- Whether what that module of bench/ requires is there.
function process.loads(options, lua, module)
  local code = ('package.path = [[%s/?.lua;]] .. package.path require([[%s]]) print(1)'):format(options.root, module)
  return process.line_of(process.interpreter(options.build, lua) .. ' -e ' .. process.quoted(code) .. ' 2>&1') == '1'
end

-- The prefix that keeps a program on the last core: the first ones have most of the machine's own work.
function process.pinned()
  local cores = process.line_of('nproc')
  return cores and process.line_of('command -v taskset') and ('taskset -c %d '):format(cores - 1) or ''
end

-- The words that measure seconds or bytes of a loop in a module. $directory will be a new, empty directory.
function process.measuring(options, what, lua, module, loop, count)
  return ('%s %s %s %s %d "$directory"'):format(
    process.interpreter(options.build, lua),
    process.quoted(('%s/bench/measure/%s.lua'):format(options.root, what)), module, loop, count)
end

-- Returns the numbers that the program prints; it must succeed. $directory in its words is a new, empty directory.
function process.numbers_of(words)
  local command = 'directory=$(mktemp -d) && ' .. words .. '; status=$?; rm -r "$directory"; exit $status'
  local numbers = {}
  for number in (process.line_of(command) or ''):gmatch('%S+') do
    numbers[#numbers + 1] = tonumber(number)
  end
  return #numbers > 0 and numbers or error('this failed: ' .. words, 0)
end

return process
