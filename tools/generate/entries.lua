-- SPDX-License-Identifier: MIT
-- How functions, methods, fields and operators are written on the pages of docs/reference/.

local text = require('tools.generate.text')

local entries = {}

local type_names = { fd = 'integer', flags = 'integers', fds = 'integers', ['fd|file'] = 'integer or file' }

-- An empty page: its lines, and a function that adds one.
function entries.page(source)
  local lines = {
    ('<!-- Generated from %s by `./dev docs`: change it there. SPDX-License-Identifier: MIT -->'):format(source),
    '',
  }
  return lines, function(line)
    lines[#lines + 1] = line or ''
  end
end

function entries.text_of(lines)
  return (table.concat(lines, '\n'):gsub('\n+$', '')) .. '\n'
end

local Writer = {}
Writer.__index = Writer

-- Writes about a class with `add`. `link` gives where a type is described, or nil.
function entries.writer(class, add, link)
  return setmetatable({ class = class, add = add, link = link }, Writer)
end

function Writer:type_text(type)
  local target = self.link(type)
  if target then
    return ('[%s](%s)'):format(type, target)
  end
  return type_names[type] or (type:gsub('|', ' or '))
end

function Writer:parameter_line(param)
  local qualities = { self:type_text(param.type) }
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

function Writer:result_line(result)
  local nil_too = result.optional and ' or nil' or ''
  return ('- `%s` (%s%s): %s'):format(result.name, self:type_text(result.type), nil_too, result.says)
end

function Writer:list(title, list, line_of)
  if #list == 0 then
    return
  end
  self.add('**' .. title .. '**')
  self.add()
  for _, item in ipairs(list) do
    self.add(line_of(self, item))
  end
  self.add()
end

function Writer:entry(entry, is_method)
  local add = self.add
  add(('### %s'):format(text.call(self.class, entry, is_method)))
  add()
  add(entry.says)
  add()
  self:list('Parameters', entry.params, self.parameter_line)
  self:list('Results', entry.results, self.result_line)
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

-- All functions or methods but those of options, which have a table.
function Writer:entries(list, is_method)
  for _, entry in ipairs(list or {}) do
    if not entry.option then
      self:entry(entry, is_method)
    end
  end
end

function Writer:fields(owner, fields)
  for _, field in ipairs(fields) do
    self.add(('- `%s.%s` (%s%s): %s'):format(
      owner, field.name, self:type_text(field.type), field.optional and ' or nil' or '', field.says))
  end
  self.add()
end

function Writer:operators()
  for _, operator in ipairs(self.class.operators) do
    local sign = operator.sign:match('^%a+$') and operator.sign or '`' .. operator.sign .. '`'
    self.add(('- %s: %s'):format(sign, operator.says))
  end
  self.add()
end

return entries
