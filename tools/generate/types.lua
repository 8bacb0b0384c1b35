-- SPDX-License-Identifier: MIT
-- Stubs for the Lua language server: types/llsocket.lua.

local classes = require('api.methods')
local facts = require('tools.generate.facts')
local text = require('tools.generate.text')

local type_names = {
  fd = 'integer', flags = 'integer', fds = 'integer', ['fd|file'] = 'integer|file*', any = 'any',
  addrinfo = 'llsocket.addrinfo', msghdr = 'llsocket.msghdr', iovec = 'llsocket.iovec',
  cmsghdr = 'llsocket.cmsghdr', cmsghdrs = 'llsocket.cmsghdrs', socket = 'llsocket.socket',
  error = 'llsocket.error', errno = 'llsocket.errno',
}

-- Tables that need more than `table`.
local table_types = {
  socks = 'llsocket.socket[]',
  list = 'llsocket.addrinfo[]',
  names = '{ host: string, service: string, serv: string }',
  devices = 'table<string, llsocket.interface>',
}

local header = [[
-- SPDX-License-Identifier: MIT
-- Generated from api/ by `./dev docs`: change it there.
---@meta llsocket
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
local function submodule_stub(class)
  return table.concat({
    (header:gsub('@meta llsocket', '@meta ' .. class.module)),
    ('---@type llsocket.%s_module'):format(class.name),
    'local module = {}',
    '',
    'return module',
    '',
  }, '\n')
end

local function stub_type(value)
  return value.type == 'table' and table_types[value.name] or type_names[value.type] or value.type
end

local function add_param(add, param)
  local name = text.is_variadic(param) and '...' or param.name .. (param.optional and '?' or '')
  local range = text.range(param)
  add(('---@param %s %s %s%s'):format(name, stub_type(param), param.says, range and ' (' .. range .. ')' or ''))
end

local function add_result(add, result)
  local optional = result.optional and '?' or ''
  if result.name == '...' then
    add(('---@return %s ... %s'):format(stub_type(result), result.says))
  else
    add(('---@return %s%s %s %s'):format(stub_type(result), optional, result.name, result.says))
  end
end

local function argument_names(params)
  local names = {}
  for _, param in ipairs(params) do
    names[#names + 1] = text.is_variadic(param) and '...' or param.name
  end
  return table.concat(names, ', ')
end

local function add_function(add, owner, separator, entry)
  add('---' .. entry.says)
  if entry.note then
    add('---')
    add('---' .. entry.note)
  end
  for _, param in ipairs(entry.params) do
    add_param(add, param)
  end
  for _, result in ipairs(entry.results) do
    add_result(add, result)
  end
  add(('function %s%s%s(%s) end'):format(owner, separator, entry.name, argument_names(entry.params)))
  add()
end

local function add_fields(add, fields)
  for _, field in ipairs(fields or {}) do
    add(('---@field %s %s%s %s'):format(field.name, stub_type(field), field.optional and '?' or '', field.says))
  end
end

local function add_operators(add, class)
  for _, operator in ipairs(class.operators or {}) do
    if operator.stub then
      add('---@operator ' .. operator.stub)
    end
  end
end

-- The objects of a class.
local function add_object(add, class)
  if not class.object then
    return
  end
  add('---@class llsocket.' .. class.name)
  add_fields(add, class.attributes)
  add_operators(add, class)
  add(('local %s = {}'):format(class.object))
  add()
  for _, method in ipairs(class.methods or {}) do
    add_function(add, class.object, ':', method)
  end
end

local function add_error_fields(add)
  for _, rows in ipairs({ facts.errors.errno, facts.errors.eai }) do
    for _, row in ipairs(rows) do
      add(('---@field %s llsocket.errno %s'):format(row[1], row[2]))
    end
  end
  add('---@field [integer] llsocket.errno')
end

-- The module of a class: the table that `require` gives.
local function add_module(add, class)
  if not class.module then
    return
  end
  add(('---@class llsocket.%s_module'):format(class.name))
  add_fields(add, class.fields)
  if class.name == 'errno' then
    add_error_fields(add)
  end
  add(('local %s = {}'):format(class.name))
  add()
  for _, entry in ipairs(class.functions or {}) do
    add_function(add, class.name, '.', entry)
  end
end

local function add_llsocket(add)
  add('---@class llsocket')
  for _, class in ipairs(classes) do
    if is_submodule(class) then
      add(('---@field %s llsocket.%s_module %s'):format(class.name, class.name, class.summary))
    end
  end
  for _, group in ipairs(facts.constants) do
    for _, row in ipairs(facts.group_rows(group)) do
      add(('---@field %s integer%s'):format(row.name, row.note and ' ' .. row.note or ''))
    end
  end
  add('local llsocket = {}')
  add()
  add('return llsocket')
end

return function()
  local lines = { header, (interface_types:gsub('\n$', '')), '' }
  local function add(line)
    lines[#lines + 1] = line or ''
  end
  local stubs = {}
  for _, class in ipairs(classes) do
    if class.name ~= 'llsocket' then
      add('do') -- keeps the names of one class out of the next
      add_object(add, class)
      add_module(add, class)
      lines[#lines] = 'end'
      add()
    end
    if is_submodule(class) then
      stubs[('types/llsocket/%s.lua'):format(class.name)] = submodule_stub(class)
    end
  end
  add_llsocket(add)
  stubs['types/llsocket.lua'] = table.concat(lines, '\n') .. '\n'
  return stubs
end
