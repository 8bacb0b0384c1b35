-- SPDX-License-Identifier: MIT
-- Each ```lua block of the documentation runs, in a process of its own. What cannot stand alone is marked
-- ```lua-fragment.
local child = require('child')

local function pages()
  local paths = {}
  local pipe = assert(io.popen('find README.md docs -name "*.md" | LC_ALL=C sort'))
  for path in pipe:lines() do
    paths[#paths + 1] = path
  end
  pipe:close()
  return paths
end

-- Calls `visit` with the code of each block, preceded by as many line ends as it has lines above it in the page.
local function each_block(path, visit)
  local number, first, lines = 0, nil, nil
  for line in io.lines(path) do
    number = number + 1
    if first and line == '```' then
      visit(first, ('\n'):rep(first) .. table.concat(lines, '\n'))
      first = nil
    elseif first then
      lines[#lines + 1] = line
    elseif line == '```lua' then
      first, lines = number, {}
    end
  end
  if first then
    error(('%s:%d: the block has no end'):format(path, first), 0)
  end
end

-- A program whose errors name the page and the line in it.
local function named(path, code)
  return ('assert((loadstring or load)(%q, %q))()'):format(code, '@' .. path)
end

describe('the documentation', function()
  local blocks = 0

  for _, path in ipairs(pages()) do
    each_block(path, function(line, code)
      blocks = blocks + 1
      it(('has an example at %s:%d that runs'):format(path, line), function()
        child.output(named(path, code))
      end)
    end)
  end

  it('has examples', function()
    assert.is_true(blocks > 0)
  end)
end)
