-- SPDX-License-Identifier: MIT
-- Every kind of argument for every parameter of a generation's functions and methods, and what must become of it.

local generations = require('api.generations')
local llsocket = require('llsocket')
local makers = require('makers')

local newest = makers[4]

local Sweep = {}
Sweep.__index = Sweep

-- Values that may be wrong, as { name, make }: made anew for each call, so that none is changed by another.
local function a(name, value)
  return { name = name, make = function() return value end }
end

local function any_function() end

local plain_values = {
  a('nil', nil),
  a('true', true),
  a('-1', -1),
  a('1.5', 1.5),
  a('NaN', 0 / 0),
  a('infinity', math.huge),
  a('minus infinity', -math.huge),
  a('2^31', 2 ^ 31),
  a('2^53', 2 ^ 53),
  a('1e300', 1e300),
  a("''", ''),
  a("'x'", 'x'),
  a("'1e9'", '1e9'),
  a('a string with a NUL', 'a\0b'),
  a('a function', any_function),
  a('an open file', io.stdout),
  { name = 'a table', make = function() return {} end },
  { name = 'a coroutine', make = function() return coroutine.create(any_function) end },
  { name = 'a closed file', make = function()
    local file = assert(io.open('/dev/null'))
    file:close()
    return file
  end },
  { name = 'a closed socket', make = newest.closed_socket },
}

local function values_with(make)
  local values = {}
  for i, value in ipairs(plain_values) do
    values[i] = value
  end
  for class, make_object in pairs(make) do
    table.insert(values, { name = 'object of ' .. class, make = make_object })
  end
  return values
end

if debug.upvalueid then
  table.insert(plain_values, a('light userdata', debug.upvalueid(values_with, 1)))
end

-- The objects of the other generations: values with their class, named as an error message does.
local function foreigners(number)
  local list = {}
  for _, other in ipairs(generations) do
    for class, make in pairs(other.number == number and {} or makers[other.number].make) do
      local name = ('%s.%s of generation %d'):format(other.module, class, other.number)
      list[#list + 1] = { name = name, class = class, make = make }
    end
  end
  return list
end

-- The values just outside of what a parameter takes.
function Sweep.edges(param)
  local edges = {}
  if param.min then
    table.insert(edges, a('its least - 1', param.min - 1))
  end
  if param.max and param.max < math.huge then
    table.insert(edges, a('its most + 1', param.max + 1))
  end
  if param.max_length then
    table.insert(edges, a('a string one too long', ('x'):rep(param.max_length + 1)))
  end
  return edges
end

local function is_in_range(param, value)
  return value >= (param.min or -2 ^ 31) and value <= (param.max or 2 ^ 31 - 1)
end

local function is_integer(param, value)
  return type(value) == 'number'
    and math.abs(value) <= 2 ^ 53 -- what is larger in the pool no version takes
    and value == math.floor(value)
    and is_in_range(param, value)
end

local function is_text(param, value)
  return type(value) == 'string'
    and #value <= (param.max_length or math.huge)
    and not (param.nul == false and value:find('\0', 1, true))
end

local function is_open_file(_, value)
  return io.type(value) == 'file'
end

local takes = {
  integer = is_integer,
  fd = is_integer,
  fds = is_integer,
  flags = function(param, value)
    return value == nil or is_integer(param, value)
  end,
  number = function(param, value)
    return type(value) == 'number' and is_in_range(param, value)
  end,
  boolean = function(_, value)
    return type(value) == 'boolean'
  end,
  string = is_text,
  ['integer|string'] = function(param, value)
    return is_integer(param, value) or is_text(param, value)
  end,
  ['fd|file'] = function(param, value)
    return is_integer(param, value) or is_open_file(param, value)
  end,
  nothing = function()
    return false
  end,
}

-- Whether a parameter takes the value; otherwise it is an argument error.
function Sweep:takes(param, value)
  if value == nil and param.optional then
    return true
  elseif self.make[param.type] then
    return type(value) == 'userdata' and rawequal(debug.getmetatable(value), self:metatable(param.type))
  end
  return takes[param.type](param, value)
end

function Sweep:metatable(class)
  return debug.getmetatable(self.make[class]())
end

-- The parameters of a call, with one for the argument that a read-only option refuses and one more of those that take
-- all further arguments.
function Sweep.params(method)
  local params = {}
  for i, param in ipairs(method.params) do
    params[i] = param
  end
  local last = params[#params]
  if method.option and not last then
    params[1] = { name = 'value', type = 'nothing', optional = true }
  elseif last and (last.type == 'flags' or last.type == 'fds') then
    params[#params + 1] = last
  end
  return params
end

-- A descriptor for a call that may close it or not.
local function loose_descriptor()
  return newest.make.socket():unwrap()
end

local good = {
  boolean = true,
  number = 0,
  integer = 1,
  ['integer|string'] = 0,
}

-- Names of which the value is important: a look-up must not ask a name server.
local good_by_name = {
  host = '127.0.0.1',
  path = '', -- a name that the kernel picks
  addr = '127.0.0.1',
  mcaddr = '239.255.0.1',
  srcaddr = '127.0.0.1',
  ifname = 'lo',
  protocol = 0,
  level = 0, -- SOL_SOCKET would give the data of a cmsghdr a meaning
}

local function good_string(method)
  return method.option and method.option.sample or 'text'
end

local function good_flags(method)
  return method.name:find('nameinfo') and llsocket.NI_NUMERICHOST or llsocket.AI_NUMERICHOST
end

-- A value that a parameter takes.
function Sweep:good_value(method, param)
  if self.make[param.type] then
    return self.make[param.type]()
  elseif good_by_name[param.name] ~= nil then
    return good_by_name[param.name]
  elseif param.type == 'string' then
    return good_string(method)
  elseif param.type == 'flags' then
    return good_flags(method)
  elseif param.type == 'fd' or param.type == 'fds' or param.type == 'fd|file' then
    return loose_descriptor()
  end
  return good[param.type]
end

-- Whether a call with the value would leave the test: for a name server, or for a file. Only generation 1 has such
-- calls; elsewhere a flag forbids the one, and a path alone makes no file.
function Sweep:leaves_test(param, value)
  return self.generation.number == 1
    and (param.name == 'host' or param.name == 'path')
    and type(value) == 'string'
    and not value:find('\0', 1, true)
end

-- Arguments that a call takes, as { n =, ... }, and a list of the descriptors in them, for the caller to close.
function Sweep:arguments(method, params)
  local arguments, loose = { n = #params }, {}
  for i, param in ipairs(params) do
    arguments[i] = self:good_value(method, param)
    if param.type:find('^fd') then
      table.insert(loose, arguments[i])
    end
  end
  return arguments, loose
end

-- What a method may be called on, as functions: every object of the class must refuse the same arguments.
function Sweep:subjects(class)
  if class.name == 'socket' then
    return { self.make.socket, self.makers.closed_socket, self.makers.connected_socket }
  end
  return { self.make[class.name] }
end

-- The sweep over one generation, a row of api/generations.lua:
--   make      class name to a function that makes an object
--   values    values that may be wrong, as { name, make }
--   foreign   objects of the other generations, as { name, class, make }
return function(generation)
  local own = makers[generation.number]
  return setmetatable({
    generation = generation,
    makers = own,
    make = own.make,
    values = values_with(own.make),
    foreign = foreigners(generation.number),
  }, Sweep)
end
