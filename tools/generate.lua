-- SPDX-License-Identifier: MIT
-- Writes what is made from the fact tables in api/: C++ rows, names of options, reference pages, editor types.
-- Run it with Lua 5.4 through `./dev docs`; with --check it only tells what is stale.

local argparse = require('argparse')

local root = arg[0]:match('^(.*)/tools/[^/]*$') or '.'
package.path = root .. '/?.lua;' .. package.path

local outputs = { 'rows', 'option_names', 'reference', 'types' }

local function read_file(path)
  local file = io.open(path, 'rb')
  if not file then
    return nil
  end
  local text = file:read('a')
  file:close()
  return text
end

local function write_file(path, text)
  local file = assert(io.open(path, 'wb'))
  assert(file:write(text))
  assert(file:close())
end

-- Every generated file, path to text, and the paths in order.
local function generate()
  local texts, paths = {}, {}
  for _, output in ipairs(outputs) do
    for path, text in pairs(require('tools.generate.' .. output)()) do
      texts[path] = text
      paths[#paths + 1] = path
    end
  end
  table.sort(paths)
  return texts, paths
end

local parser = argparse('generate.lua', 'Write C++ rows, reference pages and editor types from the facts in api/.')
parser:flag('--check', 'Write nothing; name each stale file and exit 1 if there is one.')
local options = parser:parse()

local texts, paths = generate()
local stale = 0
for _, path in ipairs(paths) do
  local full_path = root .. '/' .. path
  if read_file(full_path) ~= texts[path] then
    stale = stale + 1
    if options.check then
      print(path .. ' is stale: run ./dev docs')
    else
      write_file(full_path, texts[path])
      print('wrote ' .. path)
    end
  end
end

os.exit(options.check and stale > 0 and 1 or 0)
