-- SPDX-License-Identifier: MIT
-- Tasks that do whatever they like to a few sockets and to each other, beside a model of what must come of it.

local check = require('check')
local descriptors = require('descriptors')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local net = require('net')

local failure = loops.failure

after_each(loops.assert_idle)

-- random(n) gives 1 to n, the same for the same seed on every version (Park and Miller, 1988).
local function random_of(seed)
  local state = seed % 2147483646 + 1
  return function(n)
    state = state * 16807 % 2147483647
    return state % n + 1
  end
end

local World = {}
World.__index = World

-- The bytes of a stream from this place on.
local period = 'abcdefghijklmnopqrstuvwxyz'
local function bytes_of(place, size)
  local first = place % #period
  return period:rep(math.ceil((first + size) / #period)):sub(first + 1, first + size)
end

local function new_world(seed)
  local self = setmetatable({
    random = random_of(seed),
    ends = {},
    tasks = {}, -- also those that have ended
    tokens = {}, -- with which they were resumed, by task
    suspended = {}, -- set of tasks
    cancelled = {}, -- set of tasks
    limits = {}, -- in how many timeouts they are, by task
    listener = { wakes = 0 },
    visits = 0, -- connections that were begun
    accepted = 0,
  }, World)
  self.listener.sock, self.address = loops.listener()
  for _ = 1, 4 do
    local socks = check(llsocket.socket.pair(llsocket.SOCK_STREAM, nil, true))
    local there, back = { sent = 0, sending = 0, got = 0 }, { sent = 0, sending = 0, got = 0 }
    local a = { sock = socks[1], to = there, from = back, wakes = 0, owners = {} }
    local b = { sock = socks[2], to = back, from = there, wakes = 0, owners = {} }
    a.peer, b.peer = b, a
    self.ends[#self.ends + 1] = a
    self.ends[#self.ends + 1] = b
  end
  return self
end

function World:pick(list)
  return list[self.random(#list)]
end

function World:seconds()
  return self:pick({ 0, 0, 0.0002, 0.001, 0.002, 0.005 })
end

function World:is_limited()
  return (self.limits[loop.running()] or 0) > 0
end

-- Whether an error of the function is one that the model allows, after `wakes` of the socket.
local function check_error(name, side, err, wakes, was_busy, was_closed)
  if err == failure('ECANCELED', name) then
    check(side.wakes > wakes, name .. ' was woken by nobody')
  elseif err == failure('EBUSY', name) then
    check(was_busy, name .. ' found a task that is not there')
  elseif err == failure('EBADF', name) then
    check(was_closed or side.is_closed, name .. ' found an open socket closed')
  elseif err == failure('ECONNRESET', name) then
    check(side.peer and side.peer.is_closed, name .. ' was reset by nobody')
  else
    error(('%s: %s'):format(name, tostring(err)), 0)
  end
end

-- Calls one that waits on the socket and counts who does, and gives all that comes of it.
local function on_socket(side, direction, call, ...)
  local wakes, was_busy, was_closed = side.wakes, (side[direction] or 0) > 0, side.is_closed
  side[direction] = (side[direction] or 0) + 1
  local results = loops.pack(net.pcall(call, ...))
  side[direction] = side[direction] - 1
  return results, wakes, was_busy, was_closed
end

-- Raises the error of a call that was cancelled.
local function unless_cancelled(results)
  if not results[1] then
    error(results[2], 0)
  end
end

local actions = {}

function actions.send(world, side)
  local stream, size = side.to, world.random(world:pick({ 10, 1000, 300000 }))
  if stream.sending > 0 then
    return -- two at once would be mixed, or one refused: see actions.clash
  end
  local text = bytes_of(stream.sent, size)
  stream.sending = size
  local results, wakes, was_busy, was_closed = on_socket(side, 'writers', loop.send, side.sock, world:seconds(), text)
  stream.sending = 0
  if not results[1] then
    stream.is_unknown = true -- how much went
  end
  unless_cancelled(results)
  local n, err, timeout = results[2], results[3], results[4]
  stream.sent = stream.sent + (n or 0)
  if err then
    check_error('send', side, err, wakes, was_busy, was_closed)
  elseif timeout then
    check(n < size and results.n == 4, 'send timed out although all went')
  elseif n then
    check(n == size and results.n == 2, 'send was done although not all went')
  else
    check(results.n == 2 and (side.peer.is_closed or side.has_ended), 'send found a peer gone that is there')
  end
end

function actions.recv(world, side)
  local stream, size = side.from, world.random(world:pick({ 10, 5000, 200000 }))
  local is_alone = (side.readers or 0) == 0
  local results, wakes, was_busy, was_closed = on_socket(side, 'readers', loop.recv, side.sock, world:seconds(), size)
  unless_cancelled(results)
  local text, err, timeout = results[2], results[3], results[4]
  if text then
    check(results.n == 2 and #text > 0 and #text <= size, 'recv gave a wrong size')
    check(stream.is_unknown or text == bytes_of(stream.got, #text), 'recv gave other bytes than were sent')
    stream.got = stream.got + #text
    check(stream.is_unknown or stream.got <= stream.sent + stream.sending, 'recv gave more than was sent')
  elseif err then
    check_error('recv', side, err, wakes, was_busy, was_closed)
  elseif timeout then
    check(results.n == 4 and text == nil)
  else
    check(results.n == 2 and (side.peer.is_closed or side.peer.has_ended), 'recv found an end that is none')
    stream.has_ended = is_alone
  end
end

-- The object of a socket or its number, as long as the loop knows that they belong together.
local function handle_of(world, side)
  if side.is_watched and not side.is_closed and world.random(3) == 1 then
    return side.sock:fd()
  end
  side.is_watched = true
  return side.sock
end

local function wait_ready(name, direction)
  return function(world, side)
    local handle = handle_of(world, side)
    local results, wakes, was_busy, was_closed = on_socket(side, direction, loop[name], handle, world:seconds())
    unless_cancelled(results)
    local ready, err, timeout = results[2], results[3], results[4]
    if err then
      check_error(name, side, err, wakes, was_busy, was_closed)
    else
      check(ready == true and results.n == 2 or ready == nil and timeout == true and results.n == 4)
    end
  end
end

actions.readable = wait_ready('readable', 'readers')
actions.writable = wait_ready('writable', 'writers')

function actions.unwait(world, side)
  local name = world:pick({ 'unwait', 'unwait_readable', 'unwait_writable' })
  side.wakes = side.wakes + 1
  local is_any = loop[name](handle_of(world, side))
  side.is_watched = false
  check(type(is_any) == 'boolean')
  check(not is_any or (side.readers or 0) + (side.writers or 0) + (side.waiters or 0) > 0, 'unwait woke nobody')
end

function actions.close(world, side)
  if world.random(12) == 1 then
    side.wakes = side.wakes + 1
    side.is_closed = true
    side.owners = {}
    side.sock:close()
  end
end

function actions.shutdown(world, side)
  if world.random(12) == 1 and not side.is_closed and side.to.sending == 0 then
    side.has_ended = true
    side.sock:shutdown(llsocket.SHUT_WR)
  end
end

function actions.sleep(world)
  local seconds, before = world:seconds(), loop.now()
  local slept, _, timeout = loop.sleep(seconds)
  if slept then
    check(loop.now() - before >= seconds, 'a sleep was too short')
  else
    check(timeout == true and world:is_limited(), 'a sleep was out of time')
  end
end

function actions.later()
  check(loop.later() == true)
end

function actions.suspend(world)
  local me = loop.running()
  world.suspended[me] = true
  local results = loops.pack(net.pcall(loop.suspend, world:seconds()))
  local token = world.tokens[me]
  world.suspended[me], world.tokens[me] = nil, nil
  unless_cancelled(results)
  if results[2] then
    check(results.n == 4 and results[3] == nil, 'suspend gave other values')
    check(results[4] ~= nil and results[4] == token, 'suspend gave values of another')
  else
    check(results.n == 4 and results[4] == true)
    check(token == nil, 'a task that was resumed was out of time')
  end
end

function actions.resume(world)
  local other, token = world:pick(world.tasks), {}
  local is_suspended = world.suspended[other]
  if loop.resume(other, nil, token) and is_suspended then -- else it waits for a group or a lock, and goes on with that
    check(world.tokens[other] == nil, 'a task was resumed twice')
    world.tokens[other] = token
  end
end

function actions.join(world)
  local other = world:pick(world.tasks)
  if other == loop.running() then
    return
  end
  local results = loops.pack(other:join(world:seconds()))
  if results[1] == nil then
    check(results.n == 3 and results[3] == true)
  elseif results[1] then
    check(results.n == 2 and results[2] == other:id(), 'join gave the results of another')
  else
    check(results.n == 2 and results[2] == loops.cancellation and world.cancelled[other], tostring(results[2]))
  end
end

function actions.cancel(world)
  local other = world:pick(world.tasks)
  if world.random(10) == 1 then
    world.cancelled[other] = true
    local lives = other:status() == 'ready' or other:status() == 'waiting' or other:status() == 'running'
    check(other:cancel() == lives, 'cancel does not know whether the task lives')
  end
end

function actions.group(world)
  local group, count, ended = loop.group(), world.random(4), 0
  for i = 1, count do
    group:spawn(function()
      loop.sleep(world:seconds())
      return i
    end)
  end
  while group:size() > 0 do
    local spawned, ok, i = group:await(world:seconds())
    if spawned then
      check(ok == true and i >= 1 and i <= count)
      ended = ended + 1
    else
      check(ok == nil and i == true)
      if world:is_limited() then
        return group:cancel() -- its time may be over for good
      end
    end
  end
  check(ended == count)
end

-- One of the two that a socket has at a time is refused.
function actions.clash(world, side)
  if not side.is_closed and (side.readers or 0) > 0 then
    actions.readable(world, side)
  end
  actions.later()
end

function actions.lock(world, side)
  local kind = world:pick({ 'read', 'write' })
  local me, wakes, was_closed, owners = loop.running(), side.wakes, side.is_closed, side.owners
  side.waiters = (side.waiters or 0) + 1
  local results = loops.pack(net.pcall(loop[kind .. '_lock'], side.sock, world:seconds()))
  side.waiters = side.waiters - 1
  unless_cancelled(results)
  local ok, err, timeout = results[2], results[3], results[4]
  if err == failure('EDEADLK', kind .. '_lock') then
    check(owners[kind] == me, 'a lock was taken by another')
  elseif err then
    check_error(kind .. '_lock', side, err, wakes, false, was_closed)
  elseif not ok then
    check(timeout == true)
  elseif side.owners == owners then
    check(owners[kind] == nil, 'two tasks have a lock')
    owners[kind] = me
    local went_on, why = net.pcall(world.act, world, 2)
    if owners[kind] == me and side.owners == owners then
      owners[kind] = nil
      check(loop[kind .. '_unlock'](side.sock) == true, 'the owner of a lock could not give it back')
    end
    if not went_on then
      error(why, 0)
    end
  end
end

function actions.connect(world)
  local client = check(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM, nil, true))
  world.visits = world.visits + 1
  local results = loops.pack(net.pcall(loop.connect, client, world:seconds(), world.address))
  client:close()
  unless_cancelled(results)
  check(results[2] == true and results.n == 2 or results[4] == true and results.n == 4, results[3])
end

function actions.accept(world)
  local side = world.listener
  local results, wakes, was_busy = on_socket(side, 'readers', loop.accept, side.sock, world:seconds())
  unless_cancelled(results)
  local server, err, timeout = results[2], results[3], results[4]
  if server then
    world.accepted = world.accepted + 1
    check(world.accepted <= world.visits, 'somebody was accepted who did not come')
    check(server:nonblock())
    server:close()
  elseif err then
    check_error('accept', side, err, wakes, was_busy, false)
  else
    check(timeout == true and results.n == 4)
  end
end

function actions.getaddrinfo(world)
  local list, err, timeout = loop.getaddrinfo(world:seconds(), world:pick({ 'localhost', '127.0.0.1' }), 7)
  check(list and list[1]:port() == 7 or err == nil and timeout == true)
end

function actions.collect()
  collectgarbage('step', 100)
end

function actions.timeout(world)
  local me = loop.running()
  world.limits[me] = (world.limits[me] or 0) + 1
  local ok, err = net.pcall(loop.timeout, world:seconds(), world.act, world, 2)
  world.limits[me] = world.limits[me] - 1
  if not ok then
    error(err, 0)
  end
end

function actions.generator(world)
  local generator = coroutine.wrap(function(first)
    check(first == 'in')
    world:act(1)
    local second = coroutine.yield('out')
    world:act(1)
    return second
  end)
  check(generator('in') == 'out')
  world:act(1)
  check(generator('again') == 'again')
end

-- Survives what the actions in it raise for a cancellation.
function actions.survive(world)
  local ok, err = net.pcall(world.act, world, 2)
  if not ok and err:sub(-#loops.cancellation) ~= loops.cancellation then
    error(err, 0)
  end
end

function actions.spawn(world)
  if #world.tasks < 60 then
    world:spawn()
  end
end

local names = {}
for name in pairs(actions) do
  names[#names + 1] = name
end
table.sort(names)

function World:act(count)
  for _ = 1, count do
    local name = self:pick(names)
    actions[name](self, self:pick(self.ends))
  end
end

-- Gives up the locks of the task in the model; the loop does it when the task ends.
function World:forget(me)
  for _, side in ipairs(self.ends) do
    for kind, owner in pairs(side.owners) do
      side.owners[kind] = owner ~= me and owner or nil
    end
  end
end

function World:spawn()
  local spawned = loop.spawn(function()
    local ok, err = net.pcall(self.act, self, 25)
    self:forget(loop.running())
    if not ok then
      error(err, 0)
    end
    return loop.running():id()
  end)
  self.tasks[#self.tasks + 1] = spawned
end

function World:run()
  for _ = 1, 25 do
    self:spawn()
  end
  for _, spawned in ipairs(self.tasks) do -- and those that these spawn
    local ok, err = spawned:join()
    check(ok == true and spawned:status() == 'done' or err == loops.cancellation, err)
    check(ok or spawned:status() == 'cancelled' and self.cancelled[spawned])
  end
  self.listener.sock:close()
  for _, side in ipairs(self.ends) do
    local stream = side.from
    check(not stream.has_ended or stream.is_unknown or stream.got == stream.sent, 'a stream ended too early')
    check((side.readers or 0) == 0 and (side.writers or 0) == 0)
    side.sock:close()
  end
end

-- The open descriptors, as soon as they are the same as before: a thread whose answer nobody wants any more still has
-- files open.
local function descriptors_after_lookups(before)
  local deadline = loop.now() + loops.patience
  local open = descriptors.list()
  while table.concat(open, ' ') ~= table.concat(before, ' ') and loop.now() < deadline do
    loop.run(loop.sleep, 0.001)
    open = descriptors.list()
  end
  return open
end

describe('tasks that do whatever they like', function()
  local function run(seed)
    local before = descriptors.list()
    local world = new_world(seed)
    local ok, err = pcall(loops.run, world.run, world)
    assert.is_true(ok, ('seed %d: %s'):format(seed, tostring(err)))
    local stats = loop.stats()
    assert.equal(0, stats.tasks)
    assert.equal(0, stats.timers)
    assert.same({}, stats.waits)
    assert.same(before, descriptors_after_lookups(before), 'seed ' .. seed)
  end

  loop.run(loop.getaddrinfo, nil, 'localhost', 1) -- what the loop opens for itself to learn of answers is there

  for seed = 1, 20 do
    it(('come out as the model says, with the seed %d'):format(seed), function()
      run(seed)
    end)
  end

  it('come out as the model says, with any seed', function()
    run(tonumber(os.getenv('LLNET_SEED')) or os.time() % 1000000)
  end)
end)
