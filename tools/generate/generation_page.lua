-- SPDX-License-Identifier: MIT
-- The reference page of an earlier generation: all its classes.

local entries = require('tools.generate.entries')
local facts = require('tools.generate.facts')
local tables = require('tools.generate.reference_tables')

local function title_of(generation, class)
  return class.module or ('%s.%s'):format(generation.module, class.name)
end

-- Where the page describes each class of objects.
local function anchors_of(generation)
  local anchors = {}
  for _, class in ipairs(generation.classes) do
    if class.object then
      anchors[class.name] = '#' .. title_of(generation, class):gsub('%.', '')
    end
  end
  return anchors
end

local function has_options(list)
  for _, entry in ipairs(list or {}) do
    if entry.option then
      return true
    end
  end
  return false
end

local function add_options(add, class)
  local is_method = class.object ~= nil
  local list = is_method and class.methods or class.functions
  if not has_options(list) then
    return
  end
  add('**Options.** Each takes an optional value and answers with the value that is then in force, or nil and an')
  add('error. On which sockets they work and what they stand for is in [options](options.md).')
  add()
  tables.add_option_signatures(add, class, list, is_method)
end

local function add_class(add, generation, class, link)
  local writer = entries.writer(class, add, link)
  add('## ' .. title_of(generation, class))
  add()
  add(class.summary:gsub('^%l', string.upper) .. '.')
  add()
  if class.fields then
    writer:fields(class.name, class.fields)
  end
  writer:entries(class.functions, false)
  writer:entries(class.methods, true)
  add_options(add, class)
  if class.operators and #class.operators > 0 then
    writer:operators()
  end
end

return function(generation)
  local prose = ('api/prose/%s.md'):format(generation.name)
  local lines, add = entries.page(('api/generations/%s.lua and %s'):format(generation.name, prose))
  add('# ' .. generation.module)
  add()
  add((facts.read_prose(generation.name):gsub('\n$', '')))
  add()
  local anchors = anchors_of(generation)
  for _, class in ipairs(generation.classes) do
    add_class(add, generation, class, function(type)
      return type ~= class.name and anchors[type] or nil
    end)
  end
  return entries.text_of(lines)
end
