-- SPDX-License-Identifier: MIT
-- Queues that values leave in any order.
local new_queue = require('net.queue')

local function filled(...)
  local queue = new_queue()
  for i = 1, select('#', ...) do
    queue:add((select(i, ...)))
  end
  return queue
end

local function drained(queue)
  local values = {}
  for value in queue.take, queue do
    table.insert(values, value)
  end
  assert.equal(0, queue.count)
  return values
end

describe('A queue', function()
  it('gives its values in the order in which they came', function()
    assert.same({ 'a', 'b', 'c' }, drained(filled('a', 'b', 'c')))
    assert.is_nil(new_queue():take())
  end)

  it('can be left at any place', function()
    for _, each in ipairs({ { 'a', { 'b', 'c' } }, { 'b', { 'a', 'c' } }, { 'c', { 'a', 'b' } } }) do
      local queue = filled('a', 'b', 'c')
      assert.is_true(queue:remove(each[1]))
      assert.is_false(queue:remove(each[1]))
      assert.equal(2, queue.count)
      assert.same(each[2], drained(queue))
    end
  end)

  it('can be entered again, behind the others', function()
    local queue = filled('a', 'b')
    assert.equal('a', queue:take())
    queue:add('a')
    assert.same({ 'b', 'a' }, drained(queue))
    queue:add('c')
    assert.same({ 'c' }, drained(queue))
  end)

  it('keeps nothing of those who left', function()
    local queue = filled('stays')
    for i = 1, 1000 do
      queue:add(i)
      queue:remove(i)
    end
    assert.equal(1, queue.count)
    assert.same({ ['stays'] = 1 }, queue.places)
    assert.same({ 'stays' }, drained(queue))
    assert.is_nil(next(queue.values))
  end)
end)
