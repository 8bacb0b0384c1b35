-- SPDX-License-Identifier: MIT
-- Random calls that read a stream whose bytes come in random pieces, beside a model: a string of what was sent and not
-- taken yet.

local check = require('check')
local modes = require('modes')
local net = require('net')

local failure = modes.failure
local unpack = table.unpack or unpack

-- random(n) gives 1 to n, the same for the same seed on every version (Park and Miller, 1988).
local function random_of(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 16807 % 2147483647
    return state % n + 1
  end
end

-- What one call receives at once, if it is there.
local RECEIVED_AT_ONCE = 16384

local World = {}
World.__index = World

local function new_world(seed)
  local self = setmetatable({
    random = random_of(seed),
    waiting = '', -- what was sent and not taken
    pieces = 0, -- how many were sent since the kernel had none
    has_ended = false,
  }, World)
  self.reader, self.writer = modes.pair()
  return self
end

function World:pick(...)
  return (select(self.random(select('#', ...)), ...))
end

function World:piece()
  local size = self.random(self:pick(2, 2, 5, 5, 60, 20000))
  local letters = self:pick('a', 'a-', '\r\n', 'a\r\n', '-\r\n\0')
  if size > 300 then
    return ('a'):rep(size)
  end
  local list = {}
  for i = 1, size do
    local place = self.random(#letters)
    list[i] = letters:sub(place, place)
  end
  return table.concat(list)
end

-- Sends, unless so much is on the way that it might have to wait.
function World:send()
  if not self.has_ended and self.pieces < 100 and #self.waiting < 60000 then
    local piece = self:piece()
    check(self.writer:send(piece) == #piece)
    self.waiting, self.pieces = self.waiting .. piece, self.pieces + 1
  end
end

function World:finish()
  self.writer:closew()
  self.has_ended = true
end

-- Before a wait: something comes, or the wait is refused. `self.refusal` tells the result.
function World:hook()
  self.pieces = 0
  check(not self.has_ended, 'it waits behind the end of the stream')
  check(not self.answers(self.waiting), 'it waits although it has its bytes')
  local choice = self.random(30)
  if choice <= 20 then
    self:send()
    return true
  elseif choice == 21 then
    self:finish()
    return true
  end
  self.refusal = { self:pick('no', false) or nil, self:pick(true, false) or nil }
  return nil, self.refusal[1], self.refusal[2]
end

function World:toggle_hook()
  if self.random(2) == 1 then
    self.reader:onwaitrecv(self.hook, self)
  else
    self.reader:onwaitrecv(nil)
  end
end

-- What calls answer, by what is waiting: nil if more must come; else the result, how many bytes are taken, and an
-- error.

local function line_of(max)
  return function(text)
    local place = text:find('\n', 1, true)
    local line = place and text:sub(1, place - 1):gsub('\r$', '')
    if line and #line <= max then
      return line, place
    elseif line or #text > max + 1 or #text == max + 1 and text:sub(-1) ~= '\r' then
      return false, 0, failure('EMSGSIZE', 'readline')
    end
    return nil
  end
end

local function part_of(delimiter, max)
  return function(text)
    local place = text:find(delimiter, 1, true)
    if place and place - 1 <= max then
      return text:sub(1, place - 1), place - 1 + #delimiter
    elseif not place then
      for before = math.max(#text - #delimiter + 1, 0), math.min(#text, max) do
        if delimiter:sub(1, #text - before) == text:sub(before + 1) then
          return nil
        end
      end
    end
    return false, 0, failure('EMSGSIZE', 'readuntil')
  end
end

local function bytes_of(n, taken)
  return function(text)
    if #text >= n then
      return text:sub(1, n), taken
    end
    return nil
  end
end

-- What is answered where the stream has ended and answers() gives nothing: the same three.
local at_end = {}

function at_end.readline(text, max)
  if #text > max then
    return false, 0, failure('EMSGSIZE', 'readline')
  end
  return text, #text
end

function at_end.peek(text)
  return text, 0
end

function at_end.readn()
  return false, 0, failure('EBADMSG', 'readn')
end

function at_end.readuntil()
  return false, 0, failure('EBADMSG', 'readuntil')
end

-- Calls a method that is to answer as answers() says, and checks that it does.
function World:compare(name, answers, max, ...)
  self.answers, self.refusal = answers, nil
  local result, err, timeout = self.reader[name](self.reader, ...)
  local expected, taken, problem = answers(self.waiting)
  if expected == nil and self.has_ended then
    if self.waiting == '' then
      check(result == nil and err == nil and timeout == nil, name .. ' did not find the end')
      return
    end
    expected, taken, problem = at_end[name](self.waiting, max)
  end
  if self.refusal then
    check(expected == nil, name .. ' was refused although it has its bytes')
    check(result == nil and err == self.refusal[1] and timeout == self.refusal[2], name .. ' does not tell the refusal')
  elseif timeout then
    check(expected == nil or #self.waiting > RECEIVED_AT_ONCE, name .. ' had no time for bytes that are there')
    check(result == nil and err == nil)
  else
    check(expected ~= nil, name .. ' answered although more must come')
    check(result == (expected or nil) and err == problem, name .. ' gave something else')
    self.waiting = self.waiting:sub(taken + 1)
  end
end

local actions = {}

function actions.readline(world)
  local max = world:pick(0, 1, 2, 5, 60, 8192, 8192, 50000)
  world:compare('readline', line_of(max), max, max ~= 8192 and max or nil)
end

function actions.readn(world)
  local n = world.random(world:pick(1, 2, 10, 100, 30000))
  world:compare('readn', bytes_of(n, n), nil, n)
end

function actions.peek(world)
  local n = world.random(world:pick(1, 2, 10, 100, 30000))
  world:compare('peek', bytes_of(n, 0), nil, n)
end

function actions.readuntil(world)
  local delimiter = world:pick('\n', '\0', '\r\n', '--', '\r\n\r\n', '\r\r\n', 'a-a', 'aa-')
  local max = world:pick(0, 1, 2, 5, 60, 65536)
  world:compare('readuntil', part_of(delimiter, max), max, delimiter, max ~= 65536 and max or nil)
end

-- Whatever is there is enough.
local function any(text)
  return text ~= '' and text or nil
end

local function receive(world, name, n, call)
  world.answers, world.refusal = any, nil
  local text, err, timeout = call()
  if text then
    check(#text > 0 and #text <= n, name .. ' gave a wrong size')
    check(text == world.waiting:sub(1, #text), name .. ' gave other bytes than were sent')
    world.waiting = world.waiting:sub(#text + 1)
  else
    check(world.waiting == '', name .. ' gave nothing of what was sent')
    if world.refusal then
      check(err == world.refusal[1] and timeout == world.refusal[2])
    else
      check(err == nil and (timeout or world.has_ended), name .. ' found an end that is none')
    end
  end
end

function actions.recv(world)
  local name, n = world:pick('recv', 'recvsync'), world.random(world:pick(1, 10, 1000, 30000))
  receive(world, name, n, function()
    return world.reader[name](world.reader, n)
  end)
end

function actions.recvmsg(world)
  local msg, name = net.MsgHdr.new(), world:pick('recvmsg', 'recvmsgsync')
  for _ = 1, world.random(3) do
    msg:addn(world.random(world:pick(1, 10, 1000)))
  end
  receive(world, name, msg:bytes(), function()
    local n, err, timeout = world.reader[name](world.reader, msg)
    if n then
      return msg:concat(0, n)
    end
    return nil, err, timeout
  end)
end

function actions.recvfd(world)
  if world.waiting ~= '' then
    local fd, err = world.reader:recvfd()
    check(fd == nil and err == failure('ENOMSG', 'recvmsg'))
  end
end

function actions.send(world)
  for _ = 1, world.random(3) do
    world:send()
  end
end

function actions.toggle(world)
  world:toggle_hook()
end

local names = {}
for name in pairs(actions) do
  names[#names + 1] = name
end
for _, name in ipairs({ 'readuntil', 'readuntil', 'readline' }) do -- there is more to go wrong
  names[#names + 1] = name
end
table.sort(names)

local function run(seed)
  local world = new_world(seed)
  world.reader:deadlines(1)
  world:toggle_hook()
  for i = 1, 600 do
    local name = world:pick(unpack(names))
    local ok, err = net.pcall(actions[name], world)
    check(ok, ('seed %d, call %d: %s'):format(seed, i, tostring(err)))
  end
  if not world.has_ended then
    world:finish()
  end
  local last = modes.receive_all(world.reader)
  check(last == world.waiting, ('seed %d: other bytes are left than were sent'):format(seed))
end

modes.each(function(mode)
  describe('a stream that is read in random ways', function()
    for seed = 1, 20 do
      mode.it(('gives what the model says, with the seed %d'):format(seed), function()
        run(seed)
      end)
    end

    mode.it('gives what the model says, with any seed', function()
      run(tonumber(os.getenv('LLNET_SEED')) or os.time() % 1000000)
    end)
  end)
end)
