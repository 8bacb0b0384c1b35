-- SPDX-License-Identifier: MIT
-- The pages of docs/reference/.

local classes = require('api.methods')
local facts = require('tools.generate.facts')
local tables = require('tools.generate.reference_tables')
local text = require('tools.generate.text')

local type_pages = {
  addrinfo = 'addrinfo', msghdr = 'msghdr', iovec = 'iovec', cmsghdr = 'cmsghdr', cmsghdrs = 'cmsghdrs',
  socket = 'socket', error = 'error', errno = 'errno',
}
local type_names = { fd = 'integer', flags = 'integers', fds = 'integers', ['fd|file'] = 'integer or file' }

local function page(source)
  local lines = {
    ('<!-- Generated from %s by `./dev docs`: change it there. SPDX-License-Identifier: MIT -->'):format(source),
    '',
  }
  return lines, function(line)
    lines[#lines + 1] = line or ''
  end
end

local function text_of(lines)
  return (table.concat(lines, '\n'):gsub('\n+$', '')) .. '\n'
end

local function type_text(type, class)
  if type_pages[type] and type ~= class.name then
    return ('[%s](%s.md)'):format(type, type_pages[type])
  end
  return type_names[type] or (type:gsub('|', ' or '))
end

local function parameter_line(param, class)
  local qualities = { type_text(param.type, class) }
  if param.optional then
    qualities[#qualities + 1] = 'optional'
  end
  local range = text.range(param)
  if range then
    qualities[#qualities + 1] = range
  end
  if param.default then
    qualities[#qualities + 1] = 'default `' .. param.default .. '`'
  end
  return ('- `%s` (%s): %s'):format(param.name, table.concat(qualities, ', '), param.says)
end

local function result_line(result, class)
  local nil_too = result.optional and ' or nil' or ''
  return ('- `%s` (%s%s): %s'):format(result.name, type_text(result.type, class), nil_too, result.says)
end

local function add_list(add, title, entries, line_of, class)
  if #entries == 0 then
    return
  end
  add('**' .. title .. '**')
  add()
  for _, entry in ipairs(entries) do
    add(line_of(entry, class))
  end
  add()
end

local function add_entry(add, class, entry, is_method)
  add(('### %s'):format(text.call(class, entry, is_method)))
  add()
  add(entry.says)
  add()
  add_list(add, 'Parameters', entry.params, parameter_line, class)
  add_list(add, 'Results', entry.results, result_line, class)
  if entry.errors then
    add('**Errors** worth knowing: ' .. table.concat(entry.errors, ', ') .. '.')
    add()
  end
  if entry.note then
    add(entry.note)
    add()
  end
  if entry.source then
    add('Source: ' .. entry.source .. '.')
    add()
  end
end

local function add_entries(add, title, class, entries, is_method)
  if not entries or #entries == 0 then
    return
  end
  add('## ' .. title)
  add()
  for _, entry in ipairs(entries) do
    if not entry.option then
      add_entry(add, class, entry, is_method)
    end
  end
end

local function add_fields(add, title, owner, fields, class)
  if not fields then
    return
  end
  add('## ' .. title)
  add()
  for _, field in ipairs(fields) do
    add(('- `%s.%s` (%s%s): %s'):format(
      owner, field.name, type_text(field.type, class), field.optional and ' or nil' or '', field.says))
  end
  add()
end

local function add_operators(add, class)
  if not class.operators then
    return
  end
  add('## Other behaviour')
  add()
  for _, operator in ipairs(class.operators) do
    local sign = operator.sign:match('^%a+$') and operator.sign or '`' .. operator.sign .. '`'
    add(('- %s: %s'):format(sign, operator.says))
  end
  add()
end

local function add_option_methods(add, class)
  add('## Option methods')
  add()
  add('Each takes an optional value and answers `value, err`: the value before the call, or nil and an error. On which')
  add('sockets they work, what they stand for and what surprises is in [options](options.md).')
  add()
  tables.add_option_signatures(add, class)
end

local function class_page(class)
  local prose = 'api/prose/' .. class.name .. '.md'
  local lines, add = page(('api/methods/%s.lua and %s'):format(class.name, prose))
  add('# ' .. (class.module or 'llsocket.' .. class.name))
  add()
  add((facts.read_prose(class.name):gsub('\n$', '')))
  add()
  add_fields(add, 'Fields', class.name, class.fields, class)
  add_entries(add, 'Functions', class, class.functions, false)
  add_entries(add, 'Methods', class, class.methods, true)
  add_fields(add, 'Attributes', class.object, class.attributes, class)
  if class.name == 'socket' then
    add_option_methods(add, class)
  end
  add_operators(add, class)
  return text_of(lines)
end

local function index_page()
  local lines, add = page('api/')
  add('# Reference')
  add()
  for _, class in ipairs(classes) do
    add(('- [%s](%s.md): %s'):format(class.module or 'llsocket.' .. class.name, class.name, class.summary))
  end
  add('- [options](options.md): what the option methods stand for')
  add('- [constants](constants.md): every constant')
  add('- [errors](errors.md): every error')
  return text_of(lines)
end

local function table_page(source, add_content)
  local lines, add = page(source)
  add_content(add)
  return text_of(lines)
end

return function()
  local pages = {
    ['docs/reference/README.md'] = index_page(),
    ['docs/reference/options.md'] = table_page('api/options.lua and api/prose/options.md', tables.add_options),
    ['docs/reference/constants.md'] = table_page('api/constants.lua and api/prose/constants.md', tables.add_constants),
    ['docs/reference/errors.md'] = table_page('api/errors.lua and api/prose/errors.md', tables.add_errors),
  }
  for _, class in ipairs(classes) do
    pages[('docs/reference/%s.md'):format(class.name)] = class_page(class)
  end
  return pages
end
