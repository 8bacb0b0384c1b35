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

-- The pages of a library in their order, each a list of the classes on it.
local function pages_of(classes)
  local pages, by_name = {}, {}
  for _, class in ipairs(classes) do
    local page = page_of(class)
    if not by_name[page] then
      by_name[page] = {}
      pages[#pages + 1] = by_name[page]
    end
    table.insert(by_name[page], class)
  end
  return pages
end

-- Objects and modules by the type: their class, and its place on the page if it is not the first there. No two
-- libraries have objects of one name.
local class_of_type, anchor_of_type = {}, {}
for _, classes in pairs(libraries) do
  for _, page in ipairs(pages_of(classes)) do
    for i, class in ipairs(page) do
      local anchor = i > 1 and '#' .. title_of(class):lower():gsub('%.', '') or ''
      for _, type in ipairs({ class.module or class.name, class.object and class.name or nil }) do
        class_of_type[type], anchor_of_type[type] = class, anchor
      end
    end
  end
end

local function link_from(class)
  local folder = page_of(class):match('^.*/') or ''
  return function(type)
    local target = class_of_type[type]
    if not target or target == class then
      return nil
    end
    local page, anchor = page_of(target), anchor_of_type[type]
    if page == page_of(class) then
      return anchor ~= '' and anchor or nil
    elseif page:sub(1, #folder) == folder then
      return page:sub(#folder + 1) .. '.md' .. anchor
    end
    return '../' .. page .. '.md' .. anchor
  end
end

local function add_section(add, title, is_wanted, write)
  if is_wanted then
    add('## ' .. title)
    add()
    write()
  end
end

local function has_any(list)
  return list and #list > 0
end

local function has_options(class)
  local last = class.methods and class.methods[#class.methods]
  return last and last.option ~= nil
end

local function add_option_methods(add, class)
  local to_root = page_of(class):gsub('[^/]+', '..'):sub(1, -3)
  add(('Each takes an optional value and answers `value, err`: %s, or nil and an error. On which')
    :format(class.options_give or 'the value before the call'))
  add(('sockets they work, what they stand for and what surprises is in [options](%soptions.md).'):format(to_root))
  add()
  tables.add_option_signatures(add, class, class.methods, true)
end

-- The classes from which it has methods, the nearest first.
local function ancestors_of(class)
  local list, seen = {}, {}
  local function visit(descendant)
    for _, name in ipairs(descendant.parents or {}) do
      local parent = class_of_type[name]
      if not seen[parent] then
        seen[parent] = true
        list[#list + 1] = parent
      end
    end
    for _, name in ipairs(descendant.parents or {}) do
      visit(class_of_type[name])
    end
  end
  visit(class)
  return list
end

-- The class after which a page is named.
local function add_main_class(add, class)
  local writer = entries.writer(class, add, link_from(class))
  add('# ' .. title_of(class))
  add()
  add((facts.read_prose(page_of(class)):gsub('\n$', '')))
  add()
  add_section(add, 'Fields', class.fields, function()
    writer:fields(class.called or class.name, class.fields)
  end)
  add_section(add, 'Functions', has_any(class.functions), function()
    writer:entries(class.functions, false)
  end)
  add_section(add, 'Methods', has_any(class.methods), function()
    writer:inheritance(ancestors_of(class))
    writer:entries(class.methods, true)
  end)
  add_section(add, 'Attributes', class.attributes, function()
    writer:fields(class.object, class.attributes)
  end)
  add_section(add, 'Option methods', has_options(class), function()
    add_option_methods(add, class)
  end)
  add_section(add, 'Other behaviour', class.operators, function()
    writer:operators()
  end)
end

-- Another class on the page.
local function add_class(add, class)
  local writer = entries.writer(class, add, link_from(class))
  add('## ' .. title_of(class))
  add()
  add(class.summary:gsub('^%l', string.upper) .. '.')
  add()
  writer:inheritance(ancestors_of(class))
  writer:entries(class.functions, false)
  writer:entries(class.methods, true)
  if has_options(class) then
    add('### Options')
    add()
    add_option_methods(add, class)
  end
end

local function class_page(classes)
  local page = page_of(classes[1])
  local lines, add = entries.page(('api/methods/%s.lua and api/prose/%s.md'):format(page, page))
  add_main_class(add, classes[1])
  for i = 2, #classes do
    add_class(add, classes[i])
  end
  return entries.text_of(lines)
end

local function add_index(add, classes)
  for _, page in ipairs(pages_of(classes)) do
    local class = page[1]
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
  add('Sockets that read as if they blocked, tasks, and the event loop behind them:')
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
    for _, page in ipairs(pages_of(classes)) do
      pages[('docs/reference/%s.md'):format(page_of(page[1]))] = class_page(page)
    end
  end
  for _, generation in ipairs(generations) do
    if generation.number < 4 then
      pages[('docs/reference/%s.md'):format(generation.name)] = generation_page(generation)
    end
  end
  return pages
end
