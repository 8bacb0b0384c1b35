-- SPDX-License-Identifier: MIT
-- Functions of net.loop for descriptors, whoever made them; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local fd, seconds, done, err, timeout = shapes.fd, shapes.seconds, shapes.done, shapes.err, shapes.timeout

local function ready(name, verb)
  return {
    name = name,
    says = ('Waits until a descriptor can be %s, or has failed.'):format(verb),
    params = { fd, seconds },
    results = { done, err, timeout },
    errors = { 'EBUSY', 'ECANCELED', 'EBADF' },
    note = 'It may be told of something that is gone by then, so use descriptors that do not block. A file is always '
      .. 'ready.',
    source = 'epoll(7), poll(2)',
  }
end

local function unwait(name, what, note)
  return {
    name = name,
    says = ('Ends %s for a descriptor with ECANCELED.'):format(what),
    params = { fd },
    results = { { name = 'ok', type = 'boolean', says = '`true` if somebody waited' } },
    note = note,
  }
end

local function lock(name, verb)
  return {
    name = name,
    says = ('Waits until the task that calls is the one that %s. Who asked first is first.'):format(verb),
    params = { fd, seconds },
    results = { done, err, timeout },
    errors = { 'EDEADLK', 'ECANCELED', 'EBADF' },
    note = 'The lock is kept until it is given back or the task ends. It binds only those who ask for it. EDEADLK: the '
      .. 'task has it already.',
  }
end

local function unlock(name, of)
  return {
    name = name,
    says = ('Gives the lock of `%s` to whoever has waited longest.'):format(of),
    params = { fd },
    results = { done, err },
    errors = { 'EPERM' },
    note = 'EPERM: the task does not have it.',
  }
end

return {
  ready('readable', 'read'),
  ready('writable', 'written'),
  unwait('unwait', 'all waits', 'Those for its locks as well. Call it before you close a descriptor that is no socket '
    .. 'of llsocket.'),
  unwait('forget', 'all waits', 'For a descriptor that is about to be closed: like `unwait`, but its locks end, too.'),
  unwait('unwait_readable', 'the wait to read'),
  unwait('unwait_writable', 'the wait to write'),
  lock('read_lock', 'reads'),
  lock('write_lock', 'writes'),
  unlock('read_unlock', 'read_lock'),
  unlock('write_unlock', 'write_lock'),
}
