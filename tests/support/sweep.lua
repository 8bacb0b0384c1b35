-- SPDX-License-Identifier: MIT
-- Every kind of argument for every parameter of api/methods.lua, and what must become of it.

local llsocket = require('llsocket')
local addrinfo, socket = llsocket.addrinfo, llsocket.socket

local sweep = {}

local function udp()
  return assert(socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM, 0, true))
end

function sweep.closed_socket()
  local sock = udp()
  sock:close()
  return sock
end

-- What an object of each class is made of. Sockets do not block.
sweep.make = {
  socket = udp,
  addrinfo = function()
    return addrinfo.inet('127.0.0.1', 0, llsocket.SOCK_DGRAM)
  end,
  iovec = function()
    local iov = llsocket.iovec.new()
    iov:add('bytes')
    return iov
  end,
  msghdr = function()
    local mh = llsocket.msghdr.new()
    mh:iov(sweep.make.iovec())
    return mh
  end,
  cmsghdr = function()
    return llsocket.cmsghdr.new(0, 0, 'data')
  end,
  cmsghdrs = llsocket.cmsghdrs.new,
  error = function()
    return select(2, sweep.closed_socket():recv())
  end,
  errno = function()
    return llsocket.errno.EAGAIN
  end,
}

-- Values that may be wrong, as { name, make }: made anew for each call, so that none is changed by another.
local function a(name, value)
  return { name = name, make = function() return value end }
end

local function any_function() end

sweep.values = {
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
  { name = 'a closed socket', make = sweep.closed_socket },
}

for class, make in pairs(sweep.make) do
  table.insert(sweep.values, { name = 'object of ' .. class, make = make })
end

if debug.upvalueid then
  table.insert(sweep.values, a('light userdata', debug.upvalueid(udp, 1)))
end

-- The values just outside of what a parameter takes.
function sweep.edges(param)
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

local function is_object_of(class)
  local metatable = debug.getmetatable(sweep.make[class]())
  return function(_, value)
    return type(value) == 'userdata' and rawequal(debug.getmetatable(value), metatable)
  end
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

for _, class in ipairs({ 'addrinfo', 'iovec', 'msghdr', 'cmsghdr', 'cmsghdrs' }) do
  takes[class] = is_object_of(class)
end

-- Whether a parameter takes the value; otherwise it is an argument error.
function sweep.takes(param, value)
  if value == nil and param.optional then
    return true
  end
  return takes[param.type](param, value)
end

-- The parameters of a call, with one for the argument that a read-only option refuses and one more of those that take
-- all further arguments.
function sweep.params(method)
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
  return udp():unwrap()
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
  addr = '127.0.0.1',
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
local function good_value(method, param)
  if good_by_name[param.name] ~= nil then
    return good_by_name[param.name]
  elseif param.type == 'string' then
    return good_string(method)
  elseif param.type == 'flags' then
    return good_flags(method)
  elseif param.type == 'fd' or param.type == 'fds' or param.type == 'fd|file' then
    return loose_descriptor()
  elseif sweep.make[param.type] then
    return sweep.make[param.type]()
  end
  return good[param.type]
end

-- Arguments that a call takes, as { n =, ... }, and a list of the descriptors in them, for the caller to close.
function sweep.arguments(method, params)
  local arguments, loose = { n = #params }, {}
  for i, param in ipairs(params) do
    arguments[i] = good_value(method, param)
    if param.type:find('^fd') then
      table.insert(loose, arguments[i])
    end
  end
  return arguments, loose
end

return sweep
