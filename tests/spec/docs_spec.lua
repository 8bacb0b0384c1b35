-- SPDX-License-Identifier: MIT
-- Each ```lua block of the documentation runs, in a process of its own. What cannot stand alone is marked
-- ```lua-fragment, and what needs a module that is not ours ```lua needs MODULE. A block ```output tells what the block
-- before it writes.
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

-- The blocks of a page: the number of the line that begins it, what that says, and the lines in it.
local function blocks_of(path)
  local list, block, number = {}, nil, 0
  for line in io.lines(path) do
    number = number + 1
    if block and line == '```' then
      block = nil
    elseif block then
      table.insert(block.lines, line)
    elseif line:sub(1, 3) == '```' then
      block = { first = number, kind = line:sub(4), lines = {} }
      table.insert(list, block)
    end
  end
  if block then
    error(('%s:%d: the block has no end'):format(path, block.first), 0)
  end
  return list
end

-- A program whose errors name the page and the line in it.
local function program_of(path, block)
  local code = ('\n'):rep(block.first) .. table.concat(block.lines, '\n')
  return ('assert((loadstring or load)(%q, %q))()'):format(code, '@' .. path)
end

-- Other libraries may leak.
local function run_with(module, program)
  if select(2, child.run(('require(%q)'):format(module))) ~= 0 then
    pending(module .. ' is not on this machine for this Lua')
    return nil
  end
  return child.output(program, 'export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"')
end

describe('the documentation', function()
  local count = 0

  for _, path in ipairs(pages()) do
    local before
    for _, block in ipairs(blocks_of(path)) do
      local module = block.kind:match('^lua needs ([%w.]+)$')
      if block.kind == 'output' then
        assert(before, ('%s:%d: nothing runs before this output'):format(path, block.first))
        before.output = table.concat(block.lines, '\n') .. '\n'
        before = nil
      elseif module or block.kind == 'lua' then
        count, before = count + 1, block
        it(('has an example at %s:%d that runs'):format(path, block.first), function()
          local program = program_of(path, block)
          local written = module and run_with(module, program) or not module and child.output(program)
          if block.output and written then
            assert.equal(block.output, written)
          end
        end)
      else
        before = nil
      end
    end
  end

  it('has examples', function()
    assert.is_true(count > 0)
  end)
end)
