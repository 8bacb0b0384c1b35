-- SPDX-License-Identifier: MIT
-- The promises of api/options.lua, each row on each kind of socket that it is for.
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')
local rows = require('api.options')

local env, socket = llsocket.env, llsocket.socket
local AF_UNIX, AF_INET6 = llsocket.AF_UNIX, llsocket.AF_INET6

-- Every kind of socket of this machine, with the names that rows give it.
local kinds = {}

local function add_kind(name, groups, open, connect)
  kinds[#kinds + 1] = { name = name, groups = groups, open = open, connect = connect }
end

for _, loopback in ipairs(network.loopbacks) do
  local version = loopback.family == AF_INET6 and '6' or '4'
  add_kind('TCP over ' .. loopback.name, { tcp = true, ['tcp' .. version] = true }, function()
    return socket.new(loopback.family, llsocket.SOCK_STREAM)
  end, function()
    return network.tcp_pair(loopback)
  end)
  add_kind('UDP over ' .. loopback.name, { udp = true, ['udp' .. version] = true }, function()
    return socket.new(loopback.family, llsocket.SOCK_DGRAM)
  end, function()
    return network.udp_pair(loopback)
  end)
end
for _, socktype in ipairs({ 'STREAM', 'DGRAM', 'SEQPACKET' }) do
  add_kind('unix ' .. socktype:lower(), { unix = true }, function()
    return socket.new(AF_UNIX, llsocket['SOCK_' .. socktype])
  end, function()
    return network.pair(llsocket['SOCK_' .. socktype])
  end)
end

local function is_for(row, kind)
  for _, group in ipairs(row.sockets) do
    if kind.groups[group] then
      return true
    end
  end
  return false
end

-- Whether the platform has the option for the family of the socket.
local function is_present(row, sock)
  local place = row
  if not row.constant then
    place = sock:family() == AF_INET6 and row.inet6 or sock:family() ~= AF_INET6 and row.inet
  end
  local names = place and place.constant or {}
  for _, name in ipairs(type(names) == 'table' and names or { names }) do
    if llsocket[name] then
      return true
    end
  end
  return false
end

-- sock:method(value), called as a program does, so that errors name the method.
local function caller(row)
  return (loadstring or load)(('local sock, value = ... sock:%s(value)'):format(row.method))
end

local expected_type = {
  boolean = 'boolean',
  integer = 'number',
  linger = 'number',
  seconds = 'number',
  interface = 'string',
  bytes = 'string',
}

local function check_kind(row, value)
  if not (row.kind == 'interface' and value == nil) then
    assert.equal(expected_type[row.kind], type(value))
  end
  if row.kind == 'integer' or row.kind == 'linger' then
    assert.truthy(tostring(value):match('^%-?%d+$'), tostring(value))
  end
end

local function read_back(row)
  return row.readback == 'doubled' and 2 * row.sample or row.sample
end

-- Reads the option with the one result that a success has.
local function read(row, sock)
  local value, err = sock[row.method](sock)
  assert.is_nil(err, tostring(err))
  expect(sock[row.method](sock)):to_be(value)
  check_kind(row, value)
  return value
end

-- Sets the sample; skips the test where that takes a privilege that this process lacks.
local function set_sample(row, sock)
  local before, err = sock[row.method](sock, row.sample)
  if err and row.privileged and (err.name == 'EPERM' or err.name == 'EACCES') then
    pending('setting it needs a privilege: ' .. err)
  end
  assert.is_nil(err, tostring(err))
  return before
end

local function check_round_trip(row, sock)
  local default = read(row, sock)
  if row.sample == nil then
    return
  end
  assert.are_not.equal(read_back(row), default)
  assert.equal(default, set_sample(row, sock))
  assert.equal(read_back(row), read(row, sock))
  assert.equal(read_back(row), set_sample(row, sock))
  expect(sock[row.method](sock, nil)):to_be(read_back(row))
end

local function check_refusal(row, sock)
  local before = read(row, sock)
  local err = expect(sock[row.method](sock, row.sample)):to_fail(row.refuses[env.os])
  assert.equal('setsockopt', err.op)
  assert.equal(row.method, err.method)
  assert.equal(before, read(row, sock))
end

local function check_absence(row, sock)
  local err = expect(sock[row.method](sock)):to_fail('ENOTSUP')
  assert.equal(row.method, err.method)
  if row.access == 'rw' then
    expect(sock[row.method](sock, row.sample)):to_fail('ENOTSUP')
  end
end

local function check_on(row, kind)
  local sock = kind[row.needs == 'connected' and 'connect' or 'open']()
  if not is_present(row, sock) then
    check_absence(row, sock)
  elseif row.refuses and row.refuses[env.os] then
    check_refusal(row, sock)
  else
    check_round_trip(row, sock)
  end
end

-- Values that are no argument of a kind, each with what is said about it.
local nonsense = {
  boolean = {
    { 1, 'boolean expected, got number' },
    { 'true', 'boolean expected, got string' },
    { {}, 'boolean expected, got table' },
  },
  integer = {
    { true, 'integer expected, got boolean' },
    { '5', 'integer expected, got string' },
    { 0.5, 'number has no integer representation' },
    { 0 / 0, 'number has no integer representation' },
    { math.huge, 'number has no integer representation' },
  },
  seconds = {
    { true, 'number expected, got boolean' },
    { '2.5', 'number expected, got string' },
    { 0 / 0, 'out of range (0 to 2147483647)' },
    { math.huge, 'out of range (0 to 2147483647)' },
    { -0.001, 'out of range (0 to 2147483647)' },
  },
  bytes = {
    { 5, 'string expected, got number' },
    { false, 'string expected, got boolean' },
  },
}
nonsense.linger = nonsense.integer
nonsense.interface = nonsense.bytes

-- The nonsense of the row's kind, and numbers and lengths outside its range.
local function nonsense_for(row)
  local list = {}
  for _, case in ipairs(nonsense[row.kind]) do
    list[#list + 1] = case
  end
  if row.kind == 'integer' or row.kind == 'linger' then
    local text = ('out of range (%d to %d)'):format(row.min, row.max)
    list[#list + 1] = { row.min - 1, text }
    list[#list + 1] = { row.max + 1, text }
  elseif row.kind == 'bytes' then
    list[#list + 1] = { ('x'):rep(row.max + 1), ('string too long (at most %d bytes)'):format(row.max) }
  elseif row.kind == 'interface' then
    list[#list + 1] = { ('x'):rep(row.max + 1), 'interface name too long' }
    list[#list + 1] = { 'l\0o', 'string contains NUL' }
  end
  return list
end

-- A socket that the row is for.
local function open_for(row)
  for _, kind in ipairs(kinds) do
    if is_for(row, kind) then
      return kind.open()
    end
  end
  pending('this machine has no such socket')
end

describe('the option', function()
  for _, row in ipairs(rows) do
    describe(row.method, function()
      for _, kind in ipairs(kinds) do
        if is_for(row, kind) then
          it('reads, takes its sample and answers with the value before: ' .. kind.name, function()
            check_on(row, kind)
          end)
        else
          it('leaves the answer to the kernel on a socket that it is not for: ' .. kind.name, function()
            local sock = kind.open()
            local value, err = sock[row.method](sock)
            if err then
              assert.is_nil(value)
              assert.equal(row.method, err.method)
            else
              check_kind(row, value)
            end
          end)
        end
      end

      if row.access == 'r' then
        it('can only be read', function()
          local sock = open_for(row)
          for _, value in ipairs({ true, 5, 'x' }) do
            expect.raised(("bad argument #1 to '%s' (the option can only be read)"):format(row.method), function()
              caller(row)(sock, value)
            end)
          end
        end)
      else
        it('refuses what it cannot be, and keeps its value', function()
          local sock = open_for(row)
          local before = sock[row.method](sock)
          for _, case in ipairs(nonsense_for(row)) do
            expect.raised(("bad argument #1 to '%s' (%s)"):format(row.method, case[2]), function()
              caller(row)(sock, case[1])
            end)
          end
          assert.equal(before, (sock[row.method](sock)))
        end)
      end
    end)
  end
end)

describe('an option that the platform lacks for a family', function()
  it('is ENOTSUP: v6only on IPv4', function()
    local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
    expect(sock:v6only()):to_fail('ENOTSUP')
    expect(sock:v6only(true)):to_fail('ENOTSUP')
  end)
end)
