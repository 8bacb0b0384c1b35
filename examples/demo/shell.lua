-- SPDX-License-Identifier: MIT
-- What the demo has the shell do.

local shell = {}

function shell.quote(word)
  return "'" .. tostring(word):gsub("'", "'\\''") .. "'"
end

-- Words as a command.
function shell.command(words)
  local quoted = {}
  for i, word in ipairs(words) do
    quoted[i] = shell.quote(word)
  end
  return table.concat(quoted, ' ')
end

-- What a command writes.
function shell.output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read('*a')
  pipe:close()
  return text
end

function shell.succeeds(command)
  local result = os.execute(command)
  return result == true or result == 0 -- Lua 5.1
end

function shell.first_word(command)
  return shell.output(command):match('%S+') or error('no answer from ' .. command, 0)
end

-- The Lua that runs this program.
function shell.interpreter()
  local index = 0
  while arg[index - 1] do
    index = index - 1
  end
  return arg[index]
end

function shell.write_file(path, text)
  local file = assert(io.open(path, 'wb'))
  assert(file:write(text))
  file:close()
end

-- The SHA-256 checksums of files, by their names: all of a folder whose names are numbers.
function shell.sums_of_numbers(folder)
  local sums = {}
  local text = shell.output(('cd %s && sha256sum [0-9]*'):format(shell.quote(folder)))
  for sum, name in text:gmatch('(%x+) [ *](%d+)\n') do
    sums[tonumber(name)] = sum
  end
  return sums
end

-- The same of one file.
function shell.sum(path)
  return shell.first_word('sha256sum <' .. shell.quote(path))
end

-- The same of strings, one behind the other, by way of a file at this path.
function shell.sum_of_strings(strings, path)
  local file = assert(io.open(path, 'wb'))
  for _, text in ipairs(strings) do
    assert(file:write(text))
  end
  file:close()
  return shell.sum(path)
end

return shell
