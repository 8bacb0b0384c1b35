-- SPDX-License-Identifier: MIT
-- The page that shows the generations side by side: a row for each function and method, with its calls.

local generations = require('api.generations')
local porting = require('api.generations.porting')
local tables = require('tools.generate.reference_tables')
local text = require('tools.generate.text')

local newest = #generations

-- "`len, err, again = sock:send(msg [, flag, ...])`"
local function signature(class, entry, is_method)
  local results = text.result_names(entry)
  local assigned = (results == '' or results == '...') and '' or results .. ' = '
  return ('`%s%s`'):format(assigned, text.call(class, entry, is_method))
end

-- Calls `visit` with each function and method of a generation: its class, itself, whether it is a method.
local function each_entry(generation, visit)
  for _, class in ipairs(generation.classes) do
    for _, entry in ipairs(class.functions or {}) do
      visit(class, entry, false)
    end
    for _, entry in ipairs(class.methods or {}) do
      visit(class, entry, true)
    end
  end
end

-- The name of a row of generation 4, as `becomes` gives it.
local function key_of(class, entry, is_method)
  return class.name .. (is_method and ':' or '.') .. entry.name
end

-- For each name in generation 4 the signatures in each generation, as lists.
local function signatures()
  local found = {}
  for number, generation in ipairs(generations) do
    each_entry(generation, function(class, entry, is_method)
      local key = entry.becomes or key_of(class, entry, is_method)
      found[key] = found[key] or {}
      found[key][number] = found[key][number] or {}
      table.insert(found[key][number], signature(class, entry, is_method))
    end)
  end
  return found
end

-- Generations 1 to 3 have only an error where 4 has `ok, err`.
local function is_action(entry)
  return text.result_names(entry) == 'ok, err'
end

local function is_setter(entry)
  local first = entry.results[1]
  return #entry.params > 0 and first ~= nil and first.says:find('before the call', 1, true) ~= nil
end

-- What changes for all entries of a kind.
local function usual_change(class, entry, calls)
  if not (calls[1] or calls[2] or calls[3]) then
    return 'new in 4'
  elseif class.name == 'socket' and is_setter(entry) then
    return '4: a setter answers with the value before'
  elseif is_action(entry) then
    return '4: `ok, err`'
  end
  return ''
end

local function row_of(key, class, entry, calls)
  local cells = {}
  for number = 1, newest do
    cells[number] = calls[number] and table.concat(calls[number], '<br>') or ''
  end
  cells[newest + 1] = porting[key] or usual_change(class, entry, calls)
  return cells
end

-- The rows of generation 4 by table: one a class, and one for the options of sockets.
local function tables_of_rows(calls)
  local list, by_title, known = {}, {}, {}
  each_entry(generations[newest], function(class, entry, is_method)
    local title = entry.option and 'options' or class.name
    if not by_title[title] then
      by_title[title] = {}
      list[#list + 1] = { title = title, rows = by_title[title] }
    end
    local key = key_of(class, entry, is_method)
    known[key] = true
    table.insert(by_title[title], row_of(key, class, entry, calls[key]))
  end)
  for _, names in ipairs({ calls, porting }) do
    for key in pairs(names) do
      assert(known[key], key .. ' is nothing in generation 4')
    end
  end
  return list
end

return function(add)
  tables.add_opening(add, 'The generations side by side', 'generations')
  for _, part in ipairs(tables_of_rows(signatures())) do
    add('## ' .. part.title)
    add()
    tables.add_table(add, { '1', '2', '3', '4', 'what changes' }, part.rows)
  end
end
