-- SPDX-License-Identifier: MIT
-- Tables of the iovec, for generations 3 and 4.

local at = require('scenes')
local llsocket = require('llsocket')
local network = require('network')
local replay = require('replay')

local args, results = replay.pack, replay.pack
local no_descriptor = 2147483647

local vectors = {}

function vectors.tables(style)
  local module = style.module

  -- Makes an iovec of three parts, or of these.
  local function of(...)
    local parts = select('#', ...) > 0 and { ... } or { 'ab', 'cde', 'f' }
    return function()
      local iov = module.iovec.new()
      for _, part in ipairs(parts) do
        assert(iov:add(part))
      end
      return iov
    end
  end
  local function full()
    local iov = module.iovec.new()
    for _ = 1, module.iovec.IOV_MAX do
      assert(iov:add('x'))
    end
    return iov
  end
  local some = of()

  -- An iovec and the number of a stage's socket.
  local function and_number(make_iovec, make)
    return function(scene)
      return make_iovec(), network.keep(make(scene)):fd()
    end
  end

  return {
    ['iovec.new'] = { { 'success', gives = results(replay.object(style.class('iovec'), { bytes = 0 })) } },
    ['iovec:add'] = {
      { 'success', on = some, with = args('more'), gives = results(4) },
      { 'failure', 'nothing', on = some, with = args(''), gives = style.failure('EINVAL', 'iovec') },
      { 'failure', 'no space left', on = full, with = args('x'), gives = style.failure('ENOBUFS', 'iovec') },
    },
    ['iovec:addn'] = {
      { 'success', on = some, with = args(10), gives = results(4) },
      { 'failure', 'nothing', on = some, with = args(0), gives = style.failure('EINVAL', 'iovec') },
      { 'failure', 'no space left', on = full, with = args(1), gives = style.failure('ENOBUFS', 'iovec') },
    },
    ['iovec:set'] = {
      { 'success', on = some, with = args('new', 2), gives = results(true) },
      { 'success', 'no such element', on = some, with = args('new', 4), gives = results(false) },
      { 'failure', 'nothing', on = some, with = args('', 2), gives = style.set_failure('EINVAL') },
    },
    ['iovec:get'] = {
      { 'success', on = some, with = args(2), gives = results('cde') },
      { 'success', 'no such element', on = some, with = args(4), gives = results(nil) },
    },
    ['iovec:del'] = {
      { 'success', 'another takes its place', on = some, with = args(1), gives = results('ab', 3) },
      { 'success', 'the last', on = some, with = args(3), gives = results('f') },
      { 'success', 'no such element', on = some, with = args(4), gives = results(nil) },
    },
    ['iovec:bytes'] = { { 'success', on = some, gives = results(6) } },
    ['iovec:consume'] = { { 'success', on = some, with = args(3), gives = results(3) } },
    ['iovec:concat'] = {
      { 'success', on = some, gives = results('abcdef') },
      { 'success', 'a part', on = some, with = args(1, 3), gives = results('bcd') },
    },
    ['iovec:writev'] = {
      { 'success', on = and_number(some, at.idle()), gives = results(6, nil, false) },
      { 'success', 'a part', on = and_number(some, at.idle()), with = args(1, 3), gives = results(3, nil, false) },
      { 'would block', on = and_number(some, at.full()), gives = results(0, nil, true) },
      { 'closed by peer', on = and_number(some, at.abandoned()), gives = style.write_failure('EPIPE') },
      { 'failure', on = some, with = args(no_descriptor), gives = style.write_failure('EBADF') },
    },
    ['iovec:readv'] = {
      { 'success', on = and_number(some, at.receiver('abcdef')), gives = results(6, nil, false) },
      { 'success', 'less than the room', on = and_number(some, at.receiver('abc')), gives = results(3, nil, true) },
      { 'success', 'an empty datagram', on = and_number(some, at.receiver('', llsocket.SOCK_DGRAM)),
        gives = results(0, nil, false) },
      { 'would block', on = and_number(some, at.idle()), gives = results(0, nil, true) },
      { 'closed by peer', on = and_number(some, at.abandoned()), gives = results(nil) },
      { 'failure', on = some, with = args(no_descriptor), gives = style.failure('EBADF', 'readv') },
    },
  }
end

return vectors
