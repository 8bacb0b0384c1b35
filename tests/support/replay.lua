-- SPDX-License-Identifier: MIT
-- Replays tables of calls and compares all their results: number, type and order.
--
-- A table belongs to one entry of a module: 'recv' or 'inet.bind' for a function, 'socket:recv' for a method. Its rows
-- have
--   1         the circumstance: 'success', 'would block', 'closed by peer', 'failure' or 'wrong argument'
--   2         what more there is to say, if anything
--   on        sets the stage: a function of the scene whose results the call begins with, a method's object first
--   with      the arguments that follow, from replay.pack
--   gives     the results, from replay.pack: values, or the matchers below
--   raises    instead of gives: the end of the message that is raised
--   after     looks at what else is true when the call was made; gets what `on` gave

local assert = require('luassert')
local busted = require('busted')
local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')

local replay = {}

local circumstances = {
  ['success'] = true, ['would block'] = true, ['closed by peer'] = true, ['failure'] = true, ['wrong argument'] = true,
}

local unpack = table.unpack or unpack
local compile = loadstring or load

local function pack(...)
  return { n = select('#', ...), ... }
end

replay.pack = pack

-- A matcher stands in for a value that is not known before: `accepts` gets the value and the call's name.
local Matcher = {}

local function matcher(text, accepts)
  return setmetatable({ text = text, accepts = accepts }, Matcher)
end

replay.matcher = matcher

-- An object of a class; what the methods in `fields` answer is compared as well.
function replay.object(class, fields)
  local parts = {}
  for name, value in pairs(fields or {}) do
    parts[#parts + 1] = (' %s=%s'):format(name, tostring(getmetatable(value) == Matcher and value.text or value))
  end
  table.sort(parts)
  return matcher(class .. table.concat(parts), function(value)
    if type(value) ~= 'userdata' or getmetatable(value) ~= class then
      return false
    end
    for name, wanted in pairs(fields or {}) do
      if not replay.accepts(wanted, value[name](value)) then
        return false
      end
    end
    return true
  end)
end

-- A table with exactly these values, any of which can be a matcher.
function replay.list(...)
  local wanted = pack(...)
  return matcher('a list of ' .. wanted.n, function(value)
    if type(value) ~= 'table' or #value ~= wanted.n then
      return false
    end
    for i = 1, wanted.n do
      if not replay.accepts(wanted[i], value[i]) then
        return false
      end
    end
    return true
  end)
end

-- The number of a new descriptor, which is close-on-exec and blocks or not. It is closed.
local function new_descriptor(is_nonblocking)
  return matcher('a new descriptor that ' .. (is_nonblocking and 'does not block' or 'blocks'), function(fd)
    if type(fd) ~= 'number' or not descriptors.is_open(fd) then
      return false
    end
    local is_right = descriptors.is_close_on_exec(fd) and descriptors.is_nonblocking(fd) == is_nonblocking
    llsocket.socket.close(fd)
    return is_right
  end)
end

replay.blocking_fd = new_descriptor(false)
replay.nonblocking_fd = new_descriptor(true)

-- A whole number from `min` on.
function replay.from(min)
  return matcher('an integer from ' .. min, function(value)
    return type(value) == 'number' and value >= min and value % 1 == 0
  end)
end

-- Numbers tell whether they are integers or floats where Lua knows the difference.
local function described(value)
  if type(value) == 'number' and math.type then
    return ('%s %s'):format(math.type(value), value)
  end
  return value
end

-- Whether a value is the wanted one, or of the wanted kind.
function replay.accepts(wanted, value, name)
  if getmetatable(wanted) == Matcher then
    return wanted.accepts(value, name)
  end
  return type(wanted) == type(value) and described(wanted) == described(value)
end

local function compare(wanted, results, name)
  local expected, actual = { n = wanted.n }, { n = results.n }
  for i = 1, math.max(wanted.n, results.n) do
    if i <= wanted.n and replay.accepts(wanted[i], results[i], name) then
      expected[i], actual[i] = true, true
    else
      local is_matcher = getmetatable(wanted[i]) == Matcher
      expected[i] = is_matcher and wanted[i].text or described(wanted[i])
      actual[i] = type(results[i]) == 'userdata' and tostring(results[i]) or described(results[i])
    end
  end
  assert.same(expected, actual)
end

-- The call as a program writes it, so that argument errors name it; it packs what it gives.
local function written_call(entry)
  local method = entry:match(':(.+)$')
  local text = method and 'local pack, self = ... return (pack(self:%s(select(3, ...))))'
    or 'local pack, module = ... return (pack(module.%s(select(3, ...))))'
  return assert(compile(text:format(method or entry)))
end

local function joined(first, second)
  local all = { n = first.n + second.n, unpack(first, 1, first.n) }
  for i = 1, second.n do
    all[first.n + i] = second[i]
  end
  return all
end

local nothing = pack()

local Replay = {}
Replay.__index = Replay

-- Plays calls of a module in a scene of tests/support/scenes.lua. `adapt`, if given, makes what a call begins with of
-- what a stage gave.
function replay.new(module, scene, adapt)
  local open_before = descriptors.list()
  return setmetatable({ module = module, scene = scene, adapt = adapt, called = {}, open_before = open_before }, Replay)
end

function Replay:play(entry, row)
  local staged = row.on and pack(row.on(self.scene)) or nothing
  for i = 1, staged.n do
    staged[i] = self.adapt and self.adapt(staged[i]) or staged[i]
  end
  local is_method = entry:find(':', 1, true) ~= nil
  local arguments = joined(is_method and staged or joined(pack(self.module), staged), row.with or nothing)
  local call = written_call(entry)
  self.called[entry] = self.called[entry] or {}
  self.called[entry][row[1]] = true
  if row.raises then
    expect.raised(row.raises, function()
      call(pack, unpack(arguments, 1, arguments.n))
    end)
  else
    compare(row.gives, call(pack, unpack(arguments, 1, arguments.n)), entry:match('[%w_]+$'))
  end
  if row.after then
    row.after(unpack(staged, 1, staged.n))
  end
end

-- Defines a test for each row of an entry.
function Replay:entry(entry, rows)
  for _, row in ipairs(rows) do
    local circumstance, remark = row[1], row[2]
    assert(circumstances[circumstance], entry .. ': ' .. tostring(circumstance))
    assert(row.gives or row.raises, entry .. ': a row promises nothing')
    busted.it(('%s, %s%s'):format(entry, circumstance, remark and ': ' .. remark or ''), function()
      self:play(entry, row)
    end)
  end
end

-- The same for tables of several entries, in the order of their names.
function Replay:entries(tables)
  local names = {}
  for name in pairs(tables) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    self:entry(name, tables[name])
  end
end

-- The entries of the list that were not called in a circumstance.
function Replay:uncalled(entries, circumstance)
  local missing = {}
  for _, entry in ipairs(entries) do
    if not (self.called[entry] and self.called[entry][circumstance]) then
      missing[#missing + 1] = entry
    end
  end
  return missing
end

-- Defines the tests that every entry of the surface was called, and no other, in each circumstance that it can meet;
-- they belong behind all tables.
function Replay:covers(surface, generation)
  for circumstance in pairs(circumstances) do
    busted.it('calls every entry of the surface that can meet: ' .. circumstance, function()
      assert.same({}, self:uncalled(surface.entries(generation, circumstance), circumstance))
    end)
  end
  busted.it('calls only what is on the surface', function()
    local is_listed, unknown = {}, {}
    for _, entry in ipairs(surface.entries(generation, 'success')) do
      is_listed[entry] = true
    end
    for entry in pairs(self.called) do
      unknown[#unknown + 1] = not is_listed[entry] and entry or nil
    end
    assert.same({}, unknown)
  end)
end

local function function_names(table, prefix, into)
  for name, value in pairs(table) do
    if type(value) == 'function' then
      into[#into + 1] = prefix .. name
    end
  end
end

-- Defines the test that there is no function and no method but those of the surface. `objects` gives one of each class,
-- by name.
function Replay:offers_only(surface, generation, objects)
  busted.it('offers only what is on the surface', function()
    local offered, unlisted, is_listed = {}, {}, {}
    function_names(self.module, '', offered)
    for name, value in pairs(self.module) do
      if type(value) == 'table' then
        function_names(value, name .. '.', offered)
      end
    end
    for class, object in pairs(objects(self.scene)) do
      function_names(debug.getmetatable(object).__index, class .. ':', offered)
    end
    for _, entry in ipairs(surface.entries(generation, 'success')) do
      is_listed[entry] = true
    end
    for _, name in ipairs(offered) do
      unlisted[#unlisted + 1] = not is_listed[name] and name or nil
    end
    assert.same({}, unlisted)
    assert.equal(#surface.entries(generation, 'success'), #offered)
  end)
end

-- Defines the test that the calls left no descriptor open; it belongs behind all tables.
function Replay:leaves_nothing_open()
  busted.it('leaves no descriptor open', function()
    assert.same(self.open_before, descriptors.list())
  end)
end

-- Defines the test that a table has the constants that this platform has, and no others of the surface.
function replay.has_constants(name, module, surface)
  busted.it(name .. ' has every constant of the platform as an integer', function()
    local is_linux = llsocket.env.os == 'Linux'
    local wrong = {}
    for list, is_expected in pairs({ [surface.constants_of_linux] = true, [surface.constants_of_others] = false }) do
      for _, constant in ipairs(list) do
        local value = module[constant]
        local is_integer = type(value) == 'number' and value % 1 == 0
        if value ~= nil and not is_integer or is_linux and is_integer ~= is_expected then
          wrong[#wrong + 1] = constant
        end
      end
    end
    assert.same({}, wrong)
  end)
end

return replay
