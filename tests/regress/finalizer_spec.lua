-- SPDX-License-Identifier: MIT
-- A finalizer may change an object while a method of that object makes its result.

local descriptors = require('descriptors')
local expect = require('expect')
local finalizable = require('finalizable')
local llsocket = require('llsocket')
local messages = require('messages')
local program = require('program')

local iovec, msghdr, cmsghdrs = llsocket.iovec, llsocket.msghdr, llsocket.cmsghdrs

local TURNS = 100

-- Calls `method` many times with a fresh subject while finalizers that call `disturb` on it are pending; `judge` looks
-- at the results. On 5.1 and LuaJIT, whose collector these settings make run at every allocation, finalizers must have
-- run inside the method; the others pace theirs, and some do.
local function disturbed(make, method, disturb, judge)
  local subject, inside, hits = nil, false, 0
  local function finalize()
    if inside then
      inside, hits = false, hits + 1
      disturb(subject)
      collectgarbage()
    end
  end
  local pause, stepmul = collectgarbage('setpause', 0), collectgarbage('setstepmul', 100000)
  for turn = 1, TURNS do
    subject = make(turn)
    finalizable(finalize)
    inside = true
    local result = method(subject)
    inside = false
    judge(result)
  end
  collectgarbage('setpause', pause)
  collectgarbage('setstepmul', stepmul)
  assert.is_true(hits > 0 or not newproxy)
end

local function letters(turn)
  local iov = iovec.new()
  iov:add(('a'):rep(5000) .. turn)
  iov:add(('b'):rep(5000) .. turn)
  return iov
end

local function empty(iov)
  iov:consume(iov:bytes())
end

local function is_clean(text)
  assert.is_nil(text and text:find('[^ab%d]'), 'bytes of other memory')
end

describe('a finalizer that empties an iovec', function()
  local methods = {
    get = function(iov) return iov:get(1) end,
    del = function(iov) return (iov:del(1)) end,
    concat = function(iov) return iov:concat() end,
  }
  for name, method in pairs(methods) do
    it('harms nothing within iovec:' .. name, function()
      disturbed(letters, method, empty, is_clean)
    end)
  end
end)

describe('a finalizer that takes the parts of a msghdr away', function()
  it('harms nothing within recvmsg', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM)
    local function receiver()
      local mh = msghdr.new()
      mh:iov(letters(1))
      mh:control(cmsghdrs.new())
      a:send('hello')
      return mh
    end
    local function strip(mh)
      mh:iov(nil)
      mh:control(nil)
    end
    local function is_count(n)
      assert.is_true(n == 5 or n == 0, tostring(n))
    end
    disturbed(receiver, function(mh) return b:recvmsg(mh) end, strip, is_count)
  end)
end)

describe('a finalizer that adds to an iovec', function()
  -- What such a program does at its end, when Lua has begun to close.
  it('does so at the end of the program as well', function()
    local path = program.file([[
      local iov = require('llsocket').iovec.new()
      local function add() iov:add(('x'):rep(200000)) end
      for i = 1, 300 do
        local object = newproxy and newproxy(true) or setmetatable({}, {})
        getmetatable(object).__gc = add
        if not newproxy then setmetatable(object, getmetatable(object)) end
        _G[i] = object
      end
      print('done')
    ]])
    local text, status = program.run(path)
    os.remove(path)
    assert.equal('done\n', text)
    assert.equal(0, status)
  end)

  it('leaves del the number of the element that moved', function()
    local function three()
      local iov = letters(1)
      iov:add('c')
      return iov
    end
    local function add(iov)
      iov:add('z')
    end
    disturbed(three, function(iov)
      local _, from = iov:del(1)
      return { from = from, now = iov:get(1) }
    end, add, function(result)
      assert.equal(result.now == 'z' and 4 or 3, result.from)
    end)
  end)
end)

describe('a collector that the program stopped', function()
  it('stays stopped when an iovec grows', function()
    local ran = false
    collectgarbage()
    collectgarbage('stop')
    finalizable(function() ran = true end)
    local iov = iovec.new()
    for _ = 1, 200 do
      iov:add(('x'):rep(100000))
    end
    local was_run = ran
    collectgarbage('restart')
    assert.is_false(was_run)
  end)
end)

describe('an object that a finalizer finds after its own __gc', function()
  it('takes nothing that nobody would release', function()
    local a, b = messages.pair(llsocket.SOCK_DGRAM, true)
    local before = descriptors.list()
    local function into_collected(queue)
      local mh = messages.receiver(10)
      mh:control(queue)
      b:recvmsg(mh)
    end
    for _ = 1, 20 do
      a:sendfd(a:fd())
      local queue = cmsghdrs.new()
      debug.getmetatable(queue).__gc(queue)
      into_collected(queue)
      assert.equal(0, #queue)
      expect.raised("(object was collected)", function()
        queue:push(llsocket.cmsghdr.rights(0))
      end)
    end
    local iov = iovec.new()
    debug.getmetatable(iov).__gc(iov)
    expect.raised("(object was collected)", function() iov:add('x') end)
    expect.raised("(object was collected)", function() iov:addn(1) end)
    assert.same(before, descriptors.list())
  end)
end)

describe('the metatable of an object', function()
  it('is out of reach, so that no program calls __gc', function()
    for _, object in ipairs({ iovec.new(), msghdr.new(), cmsghdrs.new() }) do
      assert.is_string(getmetatable(object))
    end
  end)
end)
