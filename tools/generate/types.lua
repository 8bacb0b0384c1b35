-- SPDX-License-Identifier: MIT
-- Stubs for the Lua language server: types/llsocket.lua, and for the earlier generations types/llsocket/v1.lua and on.

local facts = require('tools.generate.facts')
local generations = require('api.generations')
local text = require('tools.generate.text')

-- Types that are no class of the generation.
local type_names = {
  fd = 'integer', flags = 'integer', fds = 'integer', ['fd|file'] = 'integer|file*', any = 'any',
}

-- Tables that need more than `table`; %s is the module of the generation.
local table_types = {
  socks = '%s.socket[]',
  list = '%s.addrinfo[]',
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

local function is_submodule(class)
  return class.module and class.name ~= 'llsocket'
end

-- What `require('llsocket.socket')` gives.
local function submodule_stub(generation, class)
  return table.concat({
    header:format(class.module),
    ('---@type %s.%s_module'):format(generation.module, class.name),
    'local module = {}',
    '',
    'return module',
    '',
  }, '\n')
end

-- Writes the stubs of one generation, line by line.
local Writer = {}
Writer.__index = Writer

function Writer:add(line)
  self.lines[#self.lines + 1] = line or ''
end

function Writer:type(value)
  if value.type == 'table' and table_types[value.name] then
    return (table_types[value.name]:gsub('%%s', self.module))
  elseif self.objects[value.type] then
    return self.module .. '.' .. value.type
  end
  return type_names[value.type] or value.type
end

function Writer:param(param)
  local name = text.is_variadic(param) and '...' or param.name .. (param.optional and '?' or '')
  local range = text.range(param)
  self:add(('---@param %s %s %s%s'):format(name, self:type(param), param.says, range and ' (' .. range .. ')' or ''))
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
  for _, param in ipairs(entry.params) do
    self:param(param)
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
  self:add(('---@class %s.%s'):format(self.module, class.name))
  self:fields(class.attributes)
  self:operators(class)
  self:add(('local %s = {}'):format(class.object))
  self:add()
  for _, method in ipairs(class.methods or {}) do
    self:entry(class.object, ':', method)
  end
end

function Writer:error_fields()
  for _, rows in ipairs({ facts.errors.errno, facts.errors.eai }) do
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
  self:add(('---@class %s.%s_module%s'):format(self.module, class.name, parent))
  self:fields(class.fields)
  if class.name == 'errno' then
    self:error_fields()
  end
  self:add(('local %s = {}'):format(class.name))
  self:add()
  for _, entry in ipairs(class.functions or {}) do
    self:entry(class.name, '.', entry)
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

-- The module of the generation itself.
function Writer:root(classes)
  self:add(('---@class %s: llsocket.constants'):format(self.module))
  for _, class in ipairs(classes) do
    if is_submodule(class) then
      self:add(('---@field %s %s.%s_module %s'):format(class.name, self.module, class.name, class.summary))
    end
  end
  self:add('local llsocket = {}')
  self:add()
  for _, entry in ipairs(classes[1].functions or {}) do
    self:entry('llsocket', '.', entry)
  end
  self:add('return llsocket')
end

local function writer_of(generation)
  local objects = {}
  for _, class in ipairs(generation.classes) do
    objects[class.name] = class.object ~= nil
  end
  objects.error = generation.errors == 'object'
  return setmetatable({ lines = {}, module = generation.module, objects = objects }, Writer)
end

local function generation_stub(generation)
  local writer = writer_of(generation)
  writer:add((header:format(generation.module)))
  if generation.number == 4 then
    writer:add((interface_types:gsub('\n$', '')))
    writer:add()
    writer:constants()
  end
  for _, class in ipairs(generation.classes) do
    if class.name ~= 'llsocket' then
      writer:add('do') -- keeps the names of one class out of the next
      writer:object(class)
      writer:submodule(class)
      writer.lines[#writer.lines] = 'end'
      writer:add()
    end
  end
  writer:root(generation.classes)
  return table.concat(writer.lines, '\n') .. '\n'
end

return function()
  local stubs = {}
  for _, generation in ipairs(generations) do
    local path = 'types/' .. generation.module:gsub('%.', '/')
    stubs[path .. '.lua'] = generation_stub(generation)
    for _, class in ipairs(generation.classes) do
      if is_submodule(class) then
        stubs[('%s/%s.lua'):format(path, class.name)] = submodule_stub(generation, class)
      end
    end
  end
  return stubs
end
