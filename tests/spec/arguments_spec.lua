-- SPDX-License-Identifier: MIT
-- Every function and method with every kind of argument: what is wrong raises an argument error that names it, what is
-- allowed is done or returns an error, and nothing else is touched.

local classes = require('api.methods')
local descriptors = require('descriptors')
local llsocket = require('llsocket')
local network = require('network')
local sweep = require('sweep')

local socket = llsocket.socket
local unpack = table.unpack or unpack

local function pack(...)
  return { n = select('#', ...), ... }
end

-- A function that calls by name, as programs do: Lua takes the name in an argument error from the call.
local function caller(expression)
  return assert((loadstring or load)(([[
    local pack, callee = ...
    return function(...) return pack(callee%s(...)) end
  ]]):format(expression)))
end

local function function_caller(module, name)
  return caller('.' .. name)(pack, module)
end

local function method_caller(object, name)
  return caller(':' .. name)(pack, object)
end

-- What a call gives: its results, or nil and the message of the error that it raised.
local function outcome(call, arguments)
  local ok, result = pcall(call, unpack(arguments, 1, arguments.n))
  if ok then
    return result
  end
  return nil, tostring(result)
end

local function release(results, loose)
  for i = 1, results and results.n or 0 do
    if type(results[i]) == 'userdata' and results[i].unwrap then
      results[i]:close()
    end
  end
  for _, fd in ipairs(loose) do
    if descriptors.is_open(fd) then
      socket.close(fd)
    end
  end
end

-- A result that is nil or false comes alone, with an error, or with nil and `again`.
local function assert_documented(results, what)
  local err = results[2]
  if results.n > 1 and not results[1] and err ~= nil then
    assert.equal('string', type(err.name), what)
    assert.equal(2, results.n - (results[3] and 1 or 0), what)
  end
end

local function assert_refused(results, message, position, name, what)
  assert.is_nil(results, what .. ' was taken')
  local expected = ("bad argument #%d to '%s' ("):format(position, name)
  assert.is_truthy(message:find(expected, 1, true), what .. ': ' .. message)
end

-- One call with one argument exchanged.
local function try(make_call, method, position, value)
  local params = sweep.params(method)
  local arguments, loose = sweep.arguments(method, params)
  local wrong = value.make()
  arguments[position] = wrong
  local results, message = outcome(make_call(), arguments)
  release(results, loose)
  local what = ('%s with %s as argument %d'):format(method.name, value.name, position)
  if sweep.takes(params[position], wrong) then
    assert.is_nil(message, what)
    assert_documented(results, what)
  else
    assert_refused(results, message, position, method.name, what)
  end
end

-- One call without the arguments from this one on.
local function try_without(make_call, method, position)
  local params = sweep.params(method)
  local arguments, loose = sweep.arguments(method, params)
  arguments.n = position - 1
  local results, message = outcome(make_call(), arguments)
  release(results, loose)
  local what = ('%s without argument %d'):format(method.name, position)
  if position > #method.params or params[position].optional then
    assert.is_nil(message, what)
    assert_documented(results, what)
  else
    assert_refused(results, message, position, method.name, what)
  end
end

local function try_all(make_call, method)
  for position, param in ipairs(sweep.params(method)) do
    for _, value in ipairs(sweep.values) do
      try(make_call, method, position, value)
    end
    for _, value in ipairs(sweep.edges(param)) do
      try(make_call, method, position, value)
    end
    try_without(make_call, method, position)
  end
end

-- What a method may be called on: every object of the class must refuse the same arguments.
local function subjects(class)
  if class.name ~= 'socket' then
    return { sweep.make[class.name] }
  end
  return {
    sweep.make.socket,
    sweep.closed_socket,
    function()
      return (network.pair(llsocket.SOCK_STREAM, true))
    end,
  }
end

local function metatable_of(class)
  return debug.getmetatable(sweep.make[class.name]())
end

local function methods_of(class)
  return metatable_of(class).__index
end

local function names_in(list)
  local names = {}
  for _, entry in ipairs(list or {}) do
    names[entry.name] = true
  end
  return names
end

local function keys_of(values, is_wanted)
  local keys = {}
  for key, value in pairs(values) do
    if is_wanted(value) then
      keys[key] = true
    end
  end
  return keys
end

local function is_function(value)
  return type(value) == 'function'
end

describe('api/methods.lua', function()
  for _, class in ipairs(classes) do
    if class.module then
      it('has every function of ' .. class.module .. ' and no other', function()
        assert.same(names_in(class.functions), keys_of(require(class.module), is_function))
      end)
    end
    if class.fields then
      it('has every field of ' .. class.module .. ' and no other', function()
        local live = keys_of(require(class.module), function(value)
          return not is_function(value) and (class.name ~= 'llsocket' or type(value) == 'table')
        end)
        assert.same(names_in(class.fields), live)
      end)
    end
    if class.methods then
      it('has every method of ' .. class.name .. ' and no other', function()
        assert.same(names_in(class.methods), keys_of(methods_of(class), is_function))
      end)
    end
  end
end)

describe('with wrong arguments,', function()
  local canary = { network.pair(llsocket.SOCK_STREAM) }
  local before

  before_each(function()
    before = descriptors.list()
  end)

  after_each(function()
    assert.same(before, descriptors.list())
    assert.equal(5, (canary[1]:send('alive')))
    assert.equal('alive', canary[2]:recv())
  end)

  for _, class in ipairs(classes) do
    for _, method in ipairs(class.functions or {}) do
      it(('%s.%s names the argument'):format(class.name, method.name), function()
        try_all(function()
          return function_caller(require(class.module), method.name)
        end, method)
      end)
    end

    for _, method in ipairs(class.methods or {}) do
      it(('%s:%s names the argument'):format(class.name, method.name), function()
        for _, make in ipairs(subjects(class)) do
          try_all(function()
            return method_caller(make(), method.name)
          end, method)
        end
      end)
    end
  end
end)

describe('on something else,', function()
  -- The pool without what the class itself makes, and without nil, which is no argument at all.
  local function strangers(class)
    local list = {}
    for _, value in ipairs(sweep.values) do
      if debug.getmetatable(value.make()) ~= metatable_of(class) then
        list[#list + 1] = value
      end
    end
    return list
  end

  for _, class in ipairs(classes) do
    for _, method in ipairs(class.methods or {}) do
      it(('%s:%s names its class'):format(class.name, method.name), function()
        for _, stranger in ipairs(strangers(class)) do
          local arguments, loose = sweep.arguments(method, method.params)
          local with_self = { n = arguments.n + 1, stranger.make(), unpack(arguments, 1, arguments.n) }
          local call = function_caller({ [method.name] = methods_of(class)[method.name] }, method.name)
          local results, message = outcome(call, with_self)
          release(results, loose)
          assert_refused(results, message, 1, method.name, stranger.name)
          assert.is_truthy(message:find(('(llsocket.%s expected, got '):format(class.name), 1, true), message)
        end
      end)
    end
  end

  it('a method says so in the words of Lua', function()
    local imposter = { recv = methods_of(classes.socket).recv }
    local results, message = outcome(method_caller(imposter, 'recv'), { n = 0 })
    assert.is_nil(results)
    assert.is_truthy(message:find("calling 'recv' on bad self (llsocket.socket expected, got table)", 1, true), message)
  end)

  for class in pairs(sweep.make) do
    it('the metamethods of ' .. class .. ' raise or do nothing', function()
      local before = descriptors.list()
      for name, metamethod in pairs(debug.getmetatable(sweep.make[class]())) do
        for _, stranger in ipairs(is_function(metamethod) and strangers({ name = class }) or {}) do
          local ok, result = pcall(metamethod, stranger.make(), stranger.make())
          local is_harmless = not ok or name == '__eq' and result == false or name == '__concat'
          assert.is_truthy(is_harmless, name .. ' of ' .. stranger.name)
        end
      end
      assert.same(before, descriptors.list())
    end)
  end
end)

describe('an object whose finalizer has run', function()
  for _, class in ipairs(classes) do
    for _, method in ipairs(sweep.make[class.name] and class.methods or {}) do
      it(('answers or refuses %s:%s'):format(class.name, method.name), function()
        local object = sweep.make[class.name]()
        local finalizer = debug.getmetatable(object).__gc
        for _ = 1, finalizer and 2 or 0 do
          finalizer(object)
        end
        local arguments, loose = sweep.arguments(method, method.params)
        local results, message = outcome(method_caller(object, method.name), arguments)
        release(results, loose)
        assert.is_truthy(results or message:find('collected', 1, true), message)
        assert.is_string(select(2, pcall(tostring, object)))
      end)
    end
  end
end)
