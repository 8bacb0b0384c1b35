-- SPDX-License-Identifier: MIT
-- The pages of docs/reference/.

local classes = require('api.methods')
local entries = require('tools.generate.entries')
local facts = require('tools.generate.facts')
local generation_page = require('tools.generate.generation_page')
local generations = require('api.generations')
local side_by_side = require('tools.generate.side_by_side')
local tables = require('tools.generate.reference_tables')

local has_page = {}
for _, class in ipairs(classes) do
  has_page[class.name] = class.object ~= nil
end

local function link_from(class)
  return function(type)
    return has_page[type] and type ~= class.name and type .. '.md' or nil
  end
end

local function add_section(add, title, is_wanted, write)
  if is_wanted then
    add('## ' .. title)
    add()
    write()
  end
end

local function add_option_methods(add, class)
  add('## Option methods')
  add()
  add('Each takes an optional value and answers `value, err`: the value before the call, or nil and an error. On which')
  add('sockets they work, what they stand for and what surprises is in [options](options.md).')
  add()
  tables.add_option_signatures(add, class, class.methods, true)
end

local function has_any(list)
  return list and #list > 0
end

local function class_page(class)
  local prose = 'api/prose/' .. class.name .. '.md'
  local lines, add = entries.page(('api/methods/%s.lua and %s'):format(class.name, prose))
  local writer = entries.writer(class, add, link_from(class))
  add('# ' .. (class.module or 'llsocket.' .. class.name))
  add()
  add((facts.read_prose(class.name):gsub('\n$', '')))
  add()
  add_section(add, 'Fields', class.fields, function()
    writer:fields(class.name, class.fields)
  end)
  add_section(add, 'Functions', has_any(class.functions), function()
    writer:entries(class.functions, false)
  end)
  add_section(add, 'Methods', has_any(class.methods), function()
    writer:entries(class.methods, true)
  end)
  add_section(add, 'Attributes', class.attributes, function()
    writer:fields(class.object, class.attributes)
  end)
  if class.name == 'socket' then
    add_option_methods(add, class)
  end
  add_section(add, 'Other behaviour', class.operators, function()
    writer:operators()
  end)
  return entries.text_of(lines)
end

local function index_page()
  local lines, add = entries.page('api/')
  add('# Reference')
  add()
  for _, class in ipairs(classes) do
    add(('- [%s](%s.md): %s'):format(class.module or 'llsocket.' .. class.name, class.name, class.summary))
  end
  add('- [options](options.md): what the option methods stand for')
  add('- [constants](constants.md): every constant')
  add('- [errors](errors.md): every error')
  add()
  add('The earlier generations of the interface, for programs written against them:')
  add()
  add('- [generations](generations.md): the four side by side, and how to port')
  for _, generation in ipairs(generations) do
    if generation.number < 4 then
      add(('- [%s](%s.md): %s'):format(generation.module, generation.name, generation.summary))
    end
  end
  return entries.text_of(lines)
end

local function table_page(source, add_content)
  local lines, add = entries.page(source)
  add_content(add)
  return entries.text_of(lines)
end

return function()
  local pages = {
    ['docs/reference/README.md'] = index_page(),
    ['docs/reference/options.md'] = table_page('api/options.lua and api/prose/options.md', tables.add_options),
    ['docs/reference/constants.md'] = table_page('api/constants.lua and api/prose/constants.md', tables.add_constants),
    ['docs/reference/errors.md'] = table_page('api/errors.lua and api/prose/errors.md', tables.add_errors),
    ['docs/reference/generations.md'] = table_page('api/generations/ and api/prose/generations.md', side_by_side),
  }
  for _, class in ipairs(classes) do
    pages[('docs/reference/%s.md'):format(class.name)] = class_page(class)
  end
  for _, generation in ipairs(generations) do
    if generation.number < 4 then
      pages[('docs/reference/%s.md'):format(generation.name)] = generation_page(generation)
    end
  end
  return pages
end
