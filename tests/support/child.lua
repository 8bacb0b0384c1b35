-- SPDX-License-Identifier: MIT
-- Runs Lua programs in a process of their own, with this interpreter and its paths.

local program = require('program')

local child = {}

local function with_paths(text)
  return ('package.path, package.cpath = %q, %q\n%s'):format(package.path, package.cpath, text)
end

-- Runs the program, after the shell command `before` if it is given. Returns what it wrote, to both outputs, and its
-- exit status: above 128 it was killed by signal status - 128.
function child.run(text, before)
  local path = program.file(with_paths(text))
  local command = ('%s %s %s 2>&1; echo "status=$?"'):format(
    before and before .. ' &&' or '',
    program.quoted(program.interpreter()),
    program.quoted(path)
  )
  local pipe = assert(io.popen(command))
  local output = pipe:read('*a')
  pipe:close()
  os.remove(path)
  local written, status = output:match('^(.*)status=(%d+)\n$')
  return written, tonumber(status)
end

-- Starts the program, as arguments of the shell command `by`. Returns the pipe that it writes to, with both outputs.
function child.start(text, by)
  local path = program.file(with_paths(text))
  local words = { by, program.quoted(program.interpreter()), program.quoted(path), '2>&1;', 'rm', program.quoted(path) }
  return assert(io.popen(table.concat(words, ' ')))
end

-- Asserts that the program ends well and returns what it wrote.
function child.output(text, before)
  local written, status = child.run(text, before)
  assert(status == 0, ('the program ended with status %d and wrote:\n%s'):format(status, written))
  return written
end

return child
