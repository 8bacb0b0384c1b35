-- SPDX-License-Identifier: MIT
-- Every function and method with every kind of argument: what is wrong raises an argument error that names it, what is
-- allowed is done or returns an error, and nothing else is touched. A spec calls this for its generation.

local assert = require('luassert')
local busted = require('busted')
local descriptors = require('descriptors')
local generations = require('api.generations')
local llsocket = require('llsocket')
local network = require('network')
local new_sweep = require('sweep')

local describe, it = busted.describe, busted.it
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

-- Closes what a call made, and the descriptors that it was given.
local function release(method, results, loose)
  for i = 1, results and results.n or 0 do
    local result, documented = results[i], method.results[i]
    if type(result) == 'userdata' and result.close then
      result:close()
    elseif documented and documented.type == 'fd' and type(result) == 'number' and result >= 0 then
      table.insert(loose, result)
    end
  end
  for _, fd in ipairs(loose) do
    if descriptors.is_open(fd) then
      llsocket.socket.close(fd)
    end
  end
end

-- How a failure looks: by the `errors` of api/generations.lua.
local is_failure = {
  object = function(err)
    return type(err.name) == 'string'
  end,
  string = function(err)
    return type(err) == 'string' and llsocket.errno.parse(err) ~= nil
  end,
  number = function(err)
    return type(err) == 'number' and llsocket.errno[err] ~= nil
  end,
}

local function position_of_error(method)
  for i, result in ipairs(method.results) do
    if result.name == 'err' or result.name == 'errno' then
      return i
    end
  end
end

-- An error is the last result, or `again` follows it.
local function assert_documented(errors, method, results, what)
  local position = position_of_error(method)
  local err = position and results[position]
  if err then
    assert.is_true(is_failure[errors](err), what .. ': ' .. tostring(err))
    assert.equal(position, results.n - (type(results[position + 1]) == 'boolean' and 1 or 0), what)
  end
end

local function assert_refused(results, message, position, name, what)
  assert.is_nil(results, what .. ' was taken')
  local expected = ("bad argument #%d to '%s' ("):format(position, name)
  assert.is_truthy(message:find(expected, 1, true), what .. ': ' .. message)
end

local Check = {}
Check.__index = Check

-- Calls, and looks at what comes of it: results if `is_good`, else an argument error.
function Check:call(call, method, arguments, loose, expected)
  local results, message = outcome(call, arguments)
  release(method, results, loose)
  if expected.is_good then
    assert.is_nil(message, expected.what)
    assert_documented(self.generation.errors, method, results, expected.what)
  else
    assert_refused(results, message, expected.position, method.name, expected.what)
  end
end

-- One call with one argument exchanged.
function Check:exchange(make_call, method, position, value)
  local params = self.sweep.params(method)
  local wrong = value.make()
  if self.sweep:leaves_test(params[position], wrong) then
    return
  end
  local arguments, loose = self.sweep:arguments(method, params)
  arguments[position] = wrong
  self:call(make_call(), method, arguments, loose, {
    is_good = self.sweep:takes(params[position], wrong),
    position = position,
    what = ('%s with %s as argument %d'):format(method.name, value.name, position),
  })
end

-- One call without the arguments from this one on.
function Check:cut(make_call, method, position)
  local params = self.sweep.params(method)
  local arguments, loose = self.sweep:arguments(method, params)
  arguments.n = position - 1
  self:call(make_call(), method, arguments, loose, {
    is_good = position > #method.params or params[position].optional,
    position = position,
    what = ('%s without argument %d'):format(method.name, position),
  })
end

function Check:every_argument(make_call, method)
  for position, param in ipairs(self.sweep.params(method)) do
    for _, value in ipairs(self.sweep.values) do
      self:exchange(make_call, method, position, value)
    end
    for _, value in ipairs(self.sweep.edges(param)) do
      self:exchange(make_call, method, position, value)
    end
    self:cut(make_call, method, position)
  end
end

function Check:takes_objects(method)
  for _, param in ipairs(method.params) do
    if self.sweep.make[param.type] then
      return true
    end
  end
  return false
end

-- The parameters that take objects refuse those of other generations; only the iovec of a msghdr may be of any.
function Check:foreign_objects(make_call, method)
  local params = self.sweep.params(method)
  for position, param in ipairs(params) do
    for _, foreigner in ipairs(self.sweep.make[param.type] and self.sweep.foreign or {}) do
      local arguments, loose = self.sweep:arguments(method, params)
      arguments[position] = foreigner.make()
      local results, message = outcome(make_call(), arguments)
      release(method, results, loose)
      if param.type == 'iovec' and foreigner.class == 'iovec' then
        assert.is_nil(message)
      else
        local expected = ('%s.%s expected, got %s'):format(self.generation.module, param.type, foreigner.name)
        assert_refused(results, message, position, method.name, foreigner.name)
        assert.is_truthy(message:find(('(%s)'):format(expected), 1, true), message)
      end
    end
  end
end

function Check:methods_of(class)
  return self.sweep:metatable(class.name).__index
end

-- The values without what the class itself makes.
function Check:strangers(class)
  local list = {}
  for _, values in ipairs({ self.sweep.values, self.sweep.foreign }) do
    for _, value in ipairs(values) do
      if debug.getmetatable(value.make()) ~= self.sweep:metatable(class) then
        list[#list + 1] = value
      end
    end
  end
  return list
end

-- Calls the method on something that is no object of its class.
function Check:on_stranger(class, method, stranger)
  local arguments, loose = self.sweep:arguments(method, method.params)
  local with_self = { n = arguments.n + 1, stranger.make(), unpack(arguments, 1, arguments.n) }
  local call = function_caller({ [method.name] = self:methods_of(class)[method.name] }, method.name)
  local results, message = outcome(call, with_self)
  release(method, results, loose)
  assert_refused(results, message, 1, method.name, stranger.name)
  local expected = ('(%s.%s expected, got '):format(self.generation.module, class.name)
  if stranger.class then
    expected = expected .. stranger.name .. ')'
  end
  assert.is_truthy(message:find(expected, 1, true), message)
end

-- Calls `visit` with every function and method and a function that makes a call of it, on each subject.
function Check:each(visit)
  for _, class in ipairs(self.generation.classes) do
    for _, method in ipairs(class.functions or {}) do
      visit(class.name .. '.' .. method.name, method, { function()
        return function_caller(require(class.module), method.name)
      end })
    end
    for _, method in ipairs(class.methods or {}) do
      local calls = {}
      for i, make in ipairs(self.sweep:subjects(class)) do
        calls[i] = function()
          return method_caller(make(), method.name)
        end
      end
      visit(class.name .. ':' .. method.name, method, calls)
    end
  end
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

local function describe_surface(check)
  describe(check.generation.module, function()
    for _, class in ipairs(check.generation.classes) do
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
          assert.same(names_in(class.methods), keys_of(check:methods_of(class), is_function))
        end)
      end
    end
  end)
end

local function describe_arguments(check)
  describe('with wrong arguments,', function()
    local canary = { network.pair(llsocket.SOCK_STREAM) }
    local before

    busted.before_each(function()
      before = descriptors.list()
    end)

    busted.after_each(function()
      assert.same(before, descriptors.list())
      assert.equal(5, (canary[1]:send('alive')))
      assert.equal('alive', canary[2]:recv())
    end)

    check:each(function(name, method, calls)
      it(name .. ' names the argument', function()
        for _, make_call in ipairs(calls) do
          check:every_argument(make_call, method)
        end
      end)

      if check:takes_objects(method) then
        it(name .. ' refuses objects of other generations', function()
          check:foreign_objects(calls[1], method)
        end)
      end
    end)
  end)
end

local function describe_strangers(check)
  describe('on something else,', function()
    for _, class in ipairs(check.generation.classes) do
      for _, method in ipairs(class.methods or {}) do
        it(('%s:%s names its class'):format(class.name, method.name), function()
          for _, stranger in ipairs(check:strangers(class.name)) do
            check:on_stranger(class, method, stranger)
          end
        end)
      end
    end

    for class in pairs(check.sweep.make) do
      it('the metamethods of ' .. class .. ' raise or do nothing', function()
        local before = descriptors.list()
        local strangers = check:strangers(class)
        for name, metamethod in pairs(check.sweep:metatable(class)) do
          for _, stranger in ipairs(is_function(metamethod) and strangers or {}) do
            local ok, result = pcall(metamethod, stranger.make(), stranger.make())
            local is_harmless = not ok or name == '__eq' and result == false or name == '__concat'
            assert.is_truthy(is_harmless, name .. ' of ' .. stranger.name)
          end
        end
        assert.same(before, descriptors.list())
      end)
    end
  end)
end

local function describe_collected(check)
  describe('an object whose finalizer has run', function()
    for _, class in ipairs(check.generation.classes) do
      for _, method in ipairs(check.sweep.make[class.name] and class.methods or {}) do
        it(('answers or refuses %s:%s'):format(class.name, method.name), function()
          local object = check.sweep.make[class.name]()
          local finalizer = debug.getmetatable(object).__gc
          for _ = 1, finalizer and 2 or 0 do
            finalizer(object)
          end
          local arguments, loose = check.sweep:arguments(method, method.params)
          local results, message = outcome(method_caller(object, method.name), arguments)
          release(method, results, loose)
          assert.is_truthy(results or message:find('collected', 1, true), message)
          assert.is_string(select(2, pcall(tostring, object)))
        end)
      end
    end
  end)
end

-- Defines the tests of one generation.
return function(number)
  local generation = generations[number]
  local check = setmetatable({ generation = generation, sweep = new_sweep(generation) }, Check)
  describe_surface(check)
  describe_arguments(check)
  describe_strangers(check)
  describe_collected(check)
end
