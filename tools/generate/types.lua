-- SPDX-License-Identifier: MIT
-- Stubs for the Lua language server: types/llsocket.lua, for the earlier generations types/llsocket/v1.lua and on, and
-- types/net.lua.

local facts = require('tools.generate.facts')
local generations = require('api.generations')
local net_classes = require('api.net')
local text = require('tools.generate.text')

-- Types that are no class.
local type_names = { fd = 'integer', flags = 'integer', fds = 'integer', values = 'any', file = 'file*' }

-- Tables that need more than `table`, by the names of results.
local table_types = {
  socks = 'socket[]',
  list = 'addrinfo[]',
  names = '{ host: string, service: string, serv: string }',
  devices = 'table<string, llsocket.interface>',
}

local header = [[
-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta %s
]]

local interface_types = [[
---@class llsocket.interface
---@field index integer
---@field mtu integer
---@field hwaddr string? its hardware address, `aa:bb:cc:dd:ee:ff`
---@field flags llsocket.interface_flags
---@field addrs llsocket.interface_address[]

---@class llsocket.interface_flags
---@field up boolean
---@field broadcast boolean
---@field debug boolean
---@field loopback boolean
---@field pointopoint boolean
---@field running boolean
---@field noarp boolean
---@field promisc boolean
---@field allmulti boolean
---@field multicast boolean

---@class llsocket.interface_address
---@field family integer
---@field addr string
---@field netmask string?
---@field broadcast string?
---@field destination string?
---@field scope integer?
]]

-- A library is a generation of llsocket, or net. The first of its classes is the module that it is named after.
local function is_submodule(library, class)
  return class.module and class.name ~= library.classes[1].name
end

-- What `require('llsocket.socket')` gives.
local function submodule_stub(class)
  return table.concat({
    header:format(class.module),
    ('---@type %s_module'):format(class.module),
    'local module = {}',
    '',
    'return module',
    '',
  }, '\n')
end

-- Writes the stubs of one library, line by line.
local Writer = {}
Writer.__index = Writer

function Writer:add(line)
  self.lines[#self.lines + 1] = line or ''
end

-- "{ tasks: integer, fd: integer? }"
function Writer:table_type(fields)
  local list = {}
  for i, field in ipairs(fields) do
    list[i] = ('%s: %s%s'):format(field.name, self:type(field), field.optional and '?' or '')
  end
  return ('{ %s }'):format(table.concat(list, ', '))
end

function Writer:type(value)
  if value.type == 'table' and value.fields then
    return self:table_type(value.fields) .. (value.is_list and '[]' or '')
  elseif value.of then
    return value.of .. '[]'
  elseif value.type == 'table' and table_types[value.name] then
    return (table_types[value.name]:gsub('^%a+', self.objects))
  end
  return (value.type:gsub('[^|]+', function(name)
    return self.objects[name] or type_names[name]
  end))
end

function Writer:param(param, is_required)
  local name = text.is_variadic(param) and '...' or param.name .. (param.optional and not is_required and '?' or '')
  local type = self:type(param) .. (param.optional and is_required and '?' or '')
  local range = text.range(param)
  self:add(('---@param %s %s %s%s'):format(name, type, param.says, range and ' (' .. range .. ')' or ''))
end

function Writer:result(result)
  local optional = result.optional and '?' or ''
  if result.name == '...' then
    self:add(('---@return %s ... %s'):format(self:type(result), result.says))
  else
    self:add(('---@return %s%s %s %s'):format(self:type(result), optional, result.name, result.says))
  end
end

local function argument_names(params)
  local names = {}
  for _, param in ipairs(params) do
    names[#names + 1] = text.is_variadic(param) and '...' or param.name
  end
  return table.concat(names, ', ')
end

function Writer:entry(owner, separator, entry)
  self:add('---' .. entry.says)
  if entry.note then
    self:add('---')
    self:add('---' .. entry.note)
  end
  local required = text.required(entry.params)
  for i, param in ipairs(entry.params) do
    self:param(param, i <= required)
  end
  for _, result in ipairs(entry.results) do
    self:result(result)
  end
  self:add(('function %s%s%s(%s) end'):format(owner, separator, entry.name, argument_names(entry.params)))
  self:add()
end

function Writer:fields(fields)
  for _, field in ipairs(fields or {}) do
    self:add(('---@field %s %s%s %s'):format(field.name, self:type(field), field.optional and '?' or '', field.says))
  end
end

function Writer:operators(class)
  for _, operator in ipairs(class.operators or {}) do
    if operator.stub then
      self:add('---@operator ' .. operator.stub)
    end
  end
end

-- The objects of a class.
function Writer:object(class)
  if not class.object then
    return
  end
  local parents = table.concat(class.parents or {}, ', ')
  self:add(('---@class %s%s'):format(self.objects[class.name], parents ~= '' and ': ' .. parents or ''))
  self:fields(class.attributes)
  self:operators(class)
  self:add(('local %s = {}'):format(class.object))
  self:add()
  for _, method in ipairs(class.methods or {}) do
    self:entry(class.object, ':', method)
  end
  for _, entry in ipairs(class.module and {} or class.functions or {}) do
    self:entry(class.object, '.', entry)
  end
end

function Writer:error_fields()
  for _, rows in ipairs({ facts.errors.errno, facts.errors.eai, facts.errors.tls }) do
    for _, row in ipairs(rows) do
      self:add(('---@field %s llsocket.errno %s'):format(row[1], row[2]))
    end
  end
  self:add('---@field [integer] llsocket.errno')
end

-- The module of a class: the table that `require` gives.
function Writer:submodule(class)
  if not class.module then
    return
  end
  local parent = class.name == 'opt' and ': llsocket.constants' or ''
  self:add(('---@class %s_module%s'):format(class.module, parent))
  self:fields(class.fields)
  if class.name == 'errno' then
    self:error_fields()
  end
  local name = class.called or class.name
  self:add(('local %s = {}'):format(name))
  self:add()
  for _, entry in ipairs(class.functions or {}) do
    self:entry(name, '.', entry)
  end
  for _, method in ipairs(class.object and {} or class.methods or {}) do
    self:entry(name, ':', method)
  end
end

function Writer:constants()
  self:add('---@class llsocket.constants')
  for _, group in ipairs(facts.constants) do
    for _, row in ipairs(facts.group_rows(group)) do
      self:add(('---@field %s integer%s'):format(row.name, row.note and ' ' .. row.note or ''))
    end
  end
  self:add()
end

-- The module of the library itself.
function Writer:root(library)
  local root, by_name = library.classes[1], {}
  for _, class in ipairs(library.classes) do
    by_name[class.name] = class
  end
  local has_constants = root.name == 'llsocket' or root.name == 'net'
  self:add(('---@class %s%s'):format(self.module, has_constants and ': llsocket.constants' or ''))
  for _, field in ipairs(root.fields) do
    if field.type == 'module' then
      local class = by_name[field.name]
      self:add(('---@field %s %s_module %s'):format(field.name, class.module, class.summary))
    else
      self:fields({ field })
    end
  end
  self:add(('local %s = {}'):format(root.name))
  self:add()
  for _, entry in ipairs(root.functions or {}) do
    self:entry(root.name, '.', entry)
  end
  self:add('return ' .. root.name)
end

-- What the types of objects and modules are called.
local function objects_of(library)
  local objects = {}
  for _, class in ipairs(library.classes) do
    objects[class.name] = class.object and (class.title or library.module .. '.' .. class.name)
    if class.module then
      objects[class.module] = class.module .. '_module'
    end
  end
  return objects
end

local function stub_of(library)
  local objects = setmetatable(objects_of(library), { __index = library.borrowed })
  local writer = setmetatable({ lines = {}, module = library.module, objects = objects }, Writer)
  writer:add((header:format(library.module)))
  if library.number == 4 then
    writer:add((interface_types:gsub('\n$', '')))
    writer:add()
    writer:constants()
  end
  for i = 2, #library.classes do
    local class = library.classes[i]
    writer:add('do') -- keeps the names of one class out of the next
    writer:object(class)
    writer:submodule(class)
    writer.lines[#writer.lines] = 'end'
    writer:add()
  end
  writer:root(library)
  return table.concat(writer.lines, '\n') .. '\n'
end

local function add_stubs(stubs, library)
  local path = 'types/' .. library.module:gsub('%.', '/')
  stubs[path .. '.lua'] = stub_of(library)
  for _, class in ipairs(library.classes) do
    if is_submodule(library, class) then
      stubs[('types/%s.lua'):format((class.module:gsub('%.', '/')))] = submodule_stub(class)
    end
  end
end

return function()
  local stubs = {}
  for _, generation in ipairs(generations) do
    add_stubs(stubs, generation)
  end
  add_stubs(stubs, { module = 'net', classes = net_classes, borrowed = objects_of(generations[4]) })
  return stubs
end
