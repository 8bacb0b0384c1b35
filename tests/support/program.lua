-- SPDX-License-Identifier: MIT
-- Runs Lua programs that are files, with this interpreter and its environment, to their end or beside the test.

local program = {}
program.__index = program

function program.interpreter()
  local lowest = -1
  while arg[lowest - 1] do
    lowest = lowest - 1
  end
  return arg[lowest]
end

function program.quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

-- options: stdin, a path; environment, such as 'PATH=/somewhere'.
local function command(path, arguments, options)
  local words = { program.quoted(program.interpreter()), program.quoted(path) }
  for _, argument in ipairs(arguments or {}) do
    words[#words + 1] = program.quoted(tostring(argument))
  end
  return ('%s %s <%s 2>&1'):format(
    options and options.environment or '',
    table.concat(words, ' '),
    program.quoted(options and options.stdin or '/dev/null')
  )
end

-- Returns what the program wrote, to both outputs, and its exit status.
function program.run(path, arguments, options)
  local pipe = assert(io.popen(command(path, arguments, options) .. '; echo "status=$?"'))
  local output = pipe:read('*a')
  pipe:close()
  local text, status = output:match('^(.*)status=(%d+)\n$')
  return text, tonumber(status)
end

-- Starts the program; `line` and `stop` are for the result.
function program.start(path, arguments, options)
  local pipe = assert(io.popen('echo $$; exec env ' .. command(path, arguments, options)))
  return setmetatable({ pipe = pipe, pid = pipe:read('*l') }, program)
end

-- The next line that the program writes, when it comes; nil at the end.
function program:line()
  return self.pipe:read('*l')
end

-- Ends the program, if it has not ended itself, and waits for that.
function program:stop()
  os.execute('kill ' .. self.pid .. ' 2>/dev/null')
  self.pipe:close()
end

-- The options with which systemd-socket-activate hands on what this interpreter has in its environment: it does so only
-- if it is told.
function program.handed_on()
  local options = {}
  for _, name in ipairs({ 'LUA_PATH', 'LUA_CPATH', 'LD_PRELOAD', 'ASAN_OPTIONS', 'UBSAN_OPTIONS' }) do
    for _, suffix in ipairs({ '', '_5_2', '_5_3', '_5_4' }) do
      if os.getenv(name .. suffix) then
        table.insert(options, '-E ' .. name .. suffix)
      end
    end
  end
  return table.concat(options, ' ')
end

-- A new file with this content. Remove it with os.remove.
function program.file(content)
  local path = os.tmpname()
  local file = assert(io.open(path, 'wb'))
  file:write(content)
  file:close()
  return path
end

return program
