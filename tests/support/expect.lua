-- SPDX-License-Identifier: MIT
-- expect(call):to_be(...) and its kin compare all results of a call, their number included.

local assert = require('luassert')
local errno = require('llsocket').errno

local Results = {}
Results.__index = Results

local function pack(...)
  return { n = select('#', ...), ... }
end

-- Exactly these results.
function Results:to_be(...)
  assert.same(pack(...), self.results)
end

-- `first` (nil unless given) and an error of this name; the error is returned.
function Results:to_fail(name, first)
  local err = self.results[2]
  assert.is_not_nil(err, 'no error came, but ' .. tostring(self.results[1]))
  assert.same(pack(first, err), self.results)
  assert.equal(errno[name].name, err.name)
  assert.equal(errno[name], err.type)
  return err
end

-- true with an error beside it.
function Results:to_succeed_with(name)
  return self:to_fail(name, true)
end

-- One result that is not nil; it is returned.
function Results:to_be_one()
  assert.equal(1, self.results.n, 'results: ' .. tostring(self.results[2]))
  assert.is_not_nil(self.results[1])
  return self.results[1]
end

local expect = {}

-- The call raises an error whose message, after the position, is this text.
function expect.raised(text, call)
  local ok, message = pcall(call)
  assert.is_false(ok, 'nothing was raised')
  message = tostring(message)
  assert.equal(text, message:sub(-#text), message)
end

return setmetatable(expect, {
  __call = function(_, ...)
    return setmetatable({ results = pack(...) }, Results)
  end,
})
