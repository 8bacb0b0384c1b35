-- SPDX-License-Identifier: MIT
-- What net.poller wants of another event loop; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local fd, seconds, done, err, timeout, with =
  shapes.fd, shapes.seconds, shapes.done, shapes.err, shapes.timeout, shapes.with

local ending = { name = 'ok', type = 'boolean', says = '`true` if somebody waited' }
local ready_errors = { 'EBUSY', 'ECANCELED', 'EBADF', 'EINVAL', 'EEXIST' }
local ready_note = 'EINVAL: Copas, whose select(2) takes no descriptor from 1,024 on. EEXIST: luv, where somebody '
  .. 'else has a poll handle for the descriptor.'
local handle = { name = 'handle', type = 'any', says = 'what `current` gave in that coroutine' }

local function lock(name, verb)
  return {
    name = name,
    says = ('Waits until the caller is the one that %s. Who asked first is first.'):format(verb),
    params = { fd, seconds },
    results = { done, err, timeout },
    errors = { 'EDEADLK', 'ECANCELED', 'EBADF' },
    note = 'Optional. Of the locks that `poller.use` adds: a coroutine that ends, or dies of an error, without '
      .. 'giving its lock back has it until `forget`, since no other loop tells of its end. `net.loop` takes it back.',
  }
end

local function unlock(name)
  return {
    name = name,
    says = 'Gives the lock to whoever has waited longest.',
    params = { fd },
    results = { done, err },
    errors = { 'EPERM' },
    note = 'Optional.',
  }
end

return {
  name = 'adapter',
  title = 'net.poller.adapter',
  object = 'adapter',
  summary = 'what another event loop has to offer',
  attributes = {
    { name = 'name', type = 'string', optional = true, says = 'what it is called: `cqueues`, `copas` or `luv`' },
  },
  functions = {
    {
      name = 'pollable',
      says = 'Tells whether the coroutine that calls may wait.',
      params = {},
      results = { { name = 'ok', type = 'boolean', says = '`true` if this loop runs it' } },
    },
    {
      name = 'readable',
      says = 'Waits until a descriptor can be read, or has failed.',
      params = { fd, seconds },
      results = { done, err, timeout },
      errors = ready_errors,
      note = ready_note,
    },
    {
      name = 'writable',
      says = 'Waits until a descriptor can be written, or has failed.',
      params = { fd, seconds },
      results = { done, err, timeout },
      errors = ready_errors,
      note = ready_note,
    },
    {
      name = 'unwait',
      says = 'Ends all waits for a descriptor with ECANCELED. Call it before you close the descriptor if there is no '
        .. '`forget`.',
      params = { fd },
      results = { ending },
    },
    {
      name = 'sleep',
      says = 'Waits for a time.',
      params = { with(seconds, { optional = false, says = 'how long, in seconds' }) },
      results = { done, err, timeout },
    },
    {
      name = 'current',
      says = 'Tells which coroutine calls.',
      params = {},
      results = { with(handle, { says = 'something that `resume` takes; nil if this loop does not run it' }) },
    },
    {
      name = 'suspend',
      says = 'Waits until somebody calls `resume`.',
      params = { seconds },
      results = { done, err, timeout },
    },
    {
      name = 'resume',
      says = 'Ends a `suspend`.',
      params = { handle },
      results = { { name = 'ok', type = 'boolean', says = '`true`, or `false` if it was not suspended' } },
    },
    lock('read_lock', 'reads'),
    lock('write_lock', 'writes'),
    unlock('read_unlock'),
    unlock('write_unlock'),
    {
      name = 'forget',
      says = 'Does what `unwait` does, and nobody has the locks of the descriptor any more. Call it before you close '
        .. 'the descriptor.',
      params = { fd },
      results = { ending },
      note = 'Optional. `net.loop` has it, and so has an adapter that got its locks from `poller.use`. One with '
        .. 'locks of its own has it only if it brings it.',
    },
  },
}
