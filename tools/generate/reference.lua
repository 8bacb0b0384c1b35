-- SPDX-License-Identifier: MIT
-- The pages of docs/reference/.

local entries = require('tools.generate.entries')
local facts = require('tools.generate.facts')
local generation_page = require('tools.generate.generation_page')
local generations = require('api.generations')
local side_by_side = require('tools.generate.side_by_side')
local tables = require('tools.generate.reference_tables')

local libraries = { llsocket = require('api.methods'), net = require('api.net') }

local function title_of(class)
  return class.title or class.module or 'llsocket.' .. class.name
end

local function page_of(class)
  return class.page or class.name
end

-- The pages that describe objects, by the type; no two libraries have objects of one name.
local page_of_type = {}
for _, classes in pairs(libraries) do
  for _, class in ipairs(classes) do
    page_of_type[class.name] = class.object and page_of(class)
  end
end

local function link_from(class)
  local folder = page_of(class):match('^.*/') or ''
  return function(type)
    local page = page_of_type[type]
    if not page or page == page_of(class) then
      return nil
    elseif page:sub(1, #folder) == folder then
      return page:sub(#folder + 1) .. '.md'
    end
    return '../' .. page .. '.md'
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
  local page = page_of(class)
  local lines, add = entries.page(('api/methods/%s.lua and api/prose/%s.md'):format(page, page))
  local writer = entries.writer(class, add, link_from(class))
  add('# ' .. title_of(class))
  add()
  add((facts.read_prose(page):gsub('\n$', '')))
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

local function add_index(add, classes)
  for _, class in ipairs(classes) do
    add(('- [%s](%s.md): %s'):format(title_of(class), page_of(class), class.summary))
  end
end

local function index_page()
  local lines, add = entries.page('api/')
  add('# Reference')
  add()
  add_index(add, libraries.llsocket)
  add('- [options](options.md): what the option methods stand for')
  add('- [constants](constants.md): every constant')
  add('- [errors](errors.md): every error')
  add()
  add('Tasks that wait for sockets, and the event loop behind them:')
  add()
  add_index(add, libraries.net)
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
  for _, classes in pairs(libraries) do
    for _, class in ipairs(classes) do
      pages[('docs/reference/%s.md'):format(page_of(class))] = class_page(class)
    end
  end
  for _, generation in ipairs(generations) do
    if generation.number < 4 then
      pages[('docs/reference/%s.md'):format(generation.name)] = generation_page(generation)
    end
  end
  return pages
end
