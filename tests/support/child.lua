-- SPDX-License-Identifier: MIT
-- Runs Lua programs in a process of their own, with this interpreter and its paths.

local child = {}

local function interpreter()
  local lowest = -1
  while arg[lowest - 1] do
    lowest = lowest - 1
  end
  return arg[lowest]
end

local function quoted(text)
  return "'" .. text:gsub("'", "'\\''") .. "'"
end

local function with_paths(program)
  return ('package.path, package.cpath = %q, %q\n%s'):format(package.path, package.cpath, program)
end

local function written(program)
  local path = os.tmpname()
  local file = assert(io.open(path, 'w'))
  file:write(with_paths(program))
  file:close()
  return path
end

-- Runs the program, after the shell command `before` if it is given. Returns what it wrote, to both outputs, and its
-- exit status: above 128 it was killed by signal status - 128.
function child.run(program, before)
  local path = written(program)
  local command = ('%s %s %s 2>&1; echo "status=$?"'):format(
    before and before .. ' &&' or '',
    quoted(interpreter()),
    quoted(path)
  )
  local pipe = assert(io.popen(command))
  local output = pipe:read('*a')
  pipe:close()
  os.remove(path)
  local text, status = output:match('^(.*)status=(%d+)\n$')
  return text, tonumber(status)
end

-- Asserts that the program ends well and returns what it wrote.
function child.output(program, before)
  local text, status = child.run(program, before)
  assert(status == 0, ('the program ended with status %d and wrote:\n%s'):format(status, text))
  return text
end

return child
