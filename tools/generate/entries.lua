-- SPDX-License-Identifier: MIT
-- How functions, methods, fields and operators are written on the pages of docs/reference/.

local text = require('tools.generate.text')

local entries = {}

local type_names = { fd = 'integer', flags = 'integers', fds = 'integers', values = 'any', thread = 'coroutine' }

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
  local names = {}
  for name in type:gmatch('[^|]+') do
    local target = self.link(name)
    names[#names + 1] = target and ('[%s](%s)'):format(name, target) or type_names[name] or name
  end
  return table.concat(names, ' or ')
end

function Writer:parameter_line(param, is_required)
  local qualities = { self:type_text(param.type) .. (param.optional and is_required and ' or nil' or '') }
  if param.optional and not is_required then
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
  local type = self:type_text(result.type) .. (result.of and ' of ' .. self:type_text(result.of) or '')
  return ('- `%s` (%s%s): %s'):format(result.name, type, result.optional and ' or nil' or '', result.says)
end

function Writer:parameters(params)
  if #params == 0 then
    return
  end
  self.add('**Parameters**')
  self.add()
  local required = text.required(params)
  for i, param in ipairs(params) do
    self.add(self:parameter_line(param, i <= required))
    for _, field in ipairs(param.fields or {}) do
      self.add('  ' .. self:parameter_line(field, false))
    end
  end
  self.add()
end

function Writer:results(results)
  if #results == 0 then
    return
  end
  self.add('**Results**')
  self.add()
  for _, result in ipairs(results) do
    self.add(self:result_line(result))
    for _, field in ipairs(result.fields or {}) do
      self.add('  ' .. self:result_line(field))
    end
  end
  self.add()
end

function Writer:entry(entry, is_method)
  local add = self.add
  add(('### %s'):format(text.call(self.class, entry, is_method)))
  add()
  add(entry.says)
  add()
  self:parameters(entry.params)
  self:results(entry.results)
  if entry.errors and #entry.errors > 0 then
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

-- Where the methods that it does not have itself come from, if from anywhere.
function Writer:inheritance(ancestors)
  if #ancestors == 0 then
    return
  end
  local links = {}
  for i, ancestor in ipairs(ancestors) do
    links[i] = self:type_text(ancestor.name)
  end
  local last = table.remove(links)
  local list = #links > 0 and table.concat(links, ', ') .. ' and ' .. last or last
  local form = self.class.methods and 'Beside its own methods it has those of %s.' or 'Its methods are those of %s.'
  self.add(form:format(list))
  self.add()
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
