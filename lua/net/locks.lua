-- SPDX-License-Identifier: MIT
-- Advisory locks of descriptors: one task at a time reads, and one at a time writes. Whoever asks first has it first: a
-- lock goes from the task that unlocks it straight to the one that has waited longest.

local values = require('net.poller.values')

local locks = {}

-- Memory may run out in any call of a function and at any new field. So that no lock is lost then, what belongs
-- together is changed without calls, in fields that are there already.

-- The waiters of a lock are a ring in which the queue itself stands between the last and the first. Out of it, a waiter
-- has `after` = false.

local function new_queue()
  local queue = { before = false, after = false }
  queue.before, queue.after = queue, queue
  return queue
end

local function always()
  return true
end

-- The locks of one kind, the readers' or the writers'. `waiters` are those of both, by the task that waits.
local function new_kind(tasks, waiters, lock_name, unlock_name)
  -- What the locks of a descriptor are found by.
  local function key_of(socket, name)
    local fd = values.descriptor(socket, name)
    if fd < 0 then
      return nil
    elseif tasks.key then
      return tasks.key(socket)
    end
    return fd
  end

  local waits = tasks.waits or always
  local owners = {} -- by descriptor
  local queues = {} -- by descriptor, where somebody waits or waited
  local held = setmetatable({}, { __mode = 'k' }) -- by task, a set of descriptors; false: it waits for the lock
  local unwoken -- the first of a chain of waiters that left their queues, by `next`

  local function place(task, fd)
    local fds = held[task] or {}
    if not fds[fd] then
      fds[fd] = false
    end
    held[task] = fds
    return fds
  end

  local function own(fd, task)
    local fds = place(task, fd)
    owners[fd] = task
    fds[fd] = true
  end

  local function leave(waiter)
    local queue, fds = queues[waiter.fd], held[waiter.task]
    waiters[waiter.task] = nil
    if waiter.after then
      waiter.before.after, waiter.after.before = waiter.after, waiter.before
      waiter.before, waiter.after = false, false
    end
    if queue and queue.after == queue then
      queues[waiter.fd] = nil
    end
    if fds and not fds[waiter.fd] then
      fds[waiter.fd] = nil
    end
  end

  -- A waiter for the lock; nil if the lock is free by then: finalizers run where objects are made.
  local function join(fd, task)
    local waiter = { fd = fd, task = task, before = false, after = false, next = false, leave = leave }
    local spare, failed = new_queue(), waiters[task]
    if failed then -- its wait could not yield
      failed.leave(failed)
    end
    place(task, fd)
    if not owners[fd] then
      return nil
    end
    local queue = queues[fd] or spare
    queues[fd], waiters[task] = queue, waiter
    waiter.before, waiter.after = queue.before, queue
    queue.before.after = waiter
    queue.before = waiter
    return waiter
  end

  local function wake_next()
    local waiter = unwoken
    unwoken = waiter.next
    tasks.resume(waiter.task)
  end

  -- What cannot be woken for want of memory is woken by the next call.
  local function wake_all()
    while unwoken do
      local waiter = unwoken
      local ok, err = pcall(wake_next)
      if not ok and unwoken ~= waiter then
        waiter.next, unwoken = unwoken, waiter
      end
      if not ok then
        error(err, 0)
      end
    end
  end

  -- The owner is gone: the first who waits is the next.
  local function pass_on(fd)
    local queue = queues[fd]
    local waiter = queue and queue.after
    while waiter ~= queue and not waits(waiter.task) do
      leave(waiter)
      waiter = queue.after
    end
    held[owners[fd]][fd] = nil
    if not queue or waiter == queue then
      owners[fd], queues[fd] = nil, nil
      return
    end
    waiter.after.before, queue.after = queue, waiter.after
    waiter.before, waiter.after = false, false
    waiters[waiter.task] = nil
    owners[fd] = waiter.task
    held[waiter.task][fd] = true
    if queue.after == queue then
      queues[fd] = nil
    end
    waiter.next, unwoken = unwoken, waiter
    wake_all()
  end

  -- Who is out of the queue by the time it goes on was made the owner or was woken, even if its time is over as well.
  local function wait(fd, task, sec, socket)
    local waiter = join(fd, task)
    if not waiter then
      own(fd, task)
      return true
    end
    local resumed, err
    repeat
      resumed, err = tasks.suspend(sec, socket, fd)
    until not resumed or not waiter.after
    local gives_up = waiter.after
    if gives_up then
      leave(waiter)
    end
    local is_owner = owners[fd] == task
    if err and not resumed then
      if is_owner then
        pass_on(fd)
      end
      error(err, 0)
    elseif is_owner then
      return true
    elseif gives_up then
      return nil, nil, true
    end
    return nil, values.failure('ECANCELED', lock_name)
  end

  local function lock(socket, sec)
    wake_all()
    local fd = key_of(socket, lock_name)
    if sec ~= nil then
      values.check_seconds(sec, 2, lock_name)
    end
    local task = tasks.current() or error(("'%s' was called, but not inside a task"):format(lock_name), 2)
    local owner = owners[fd or false]
    if not fd then
      return nil, values.failure('EBADF', lock_name)
    elseif not owner then
      own(fd, task)
      return true
    elseif owner == task then
      return nil, values.failure('EDEADLK', lock_name)
    elseif sec == 0 then
      return nil, nil, true
    end
    return wait(fd, task, sec, socket)
  end

  local function unlock(socket)
    local fd = key_of(socket, unlock_name)
    local owner = owners[fd or false]
    if not owner or owner ~= tasks.current() then
      return nil, values.failure('EPERM', unlock_name)
    end
    pass_on(fd)
    return true
  end

  -- First all leave: whoever is resumed may come back at once.
  local function wake(fd)
    local queue = queues[fd]
    local waiter = queue and queue.after
    if not queue or waiter == queue then
      return false
    end
    local first = waiter
    repeat
      local after = waiter.after
      waiters[waiter.task] = nil
      held[waiter.task][fd] = nil
      waiter.before, waiter.after = false, false
      waiter.next = after ~= queue and after or unwoken
      waiter = after
    until waiter == queue
    queues[fd], unwoken = nil, first
    wake_all()
    return true
  end

  local function forget(fd)
    local owner = owners[fd]
    if owner then
      held[owner][fd], owners[fd] = nil, nil
    end
    return wake(fd)
  end

  -- May be called again after an error.
  local function release(task)
    wake_all()
    local waiter = waiters[task]
    if waiter then
      waiter.leave(waiter)
    end
    local fds = held[task]
    if not fds then
      return
    end
    local fd = next(fds)
    while fd do
      if owners[fd] == task then
        pass_on(fd)
      else
        fds[fd] = nil
      end
      fd = next(fds)
    end
    held[task] = nil
  end

  return { lock = lock, unlock = unlock, wake = wake, forget = forget, release = release, key_of = key_of }
end

-- Locks for the tasks of a scheduler, which is these functions:
--   current()        the task that calls; nil outside of one
--   suspend([sec])   lets it wait: true when it is resumed; nil, nil, true when the time is over; nil, err if it
--                    must not go on, and then the wait for a lock raises err
--   resume(task)     ends its suspend(); for a task that is not suspended any more it does nothing
--   waits(task)      if there is one: whether the task is in suspend() for a lock, or about to return from it. Else it
--                    was not able to yield there, and waits no longer
--   key(fd)          if there is one: what no other descriptor had or will have, nil if it is not open. Then suspend()
--                    also gets the descriptor and its key
-- A wait for a lock that somebody else ends by resume() begins anew, with all its time.
--
-- The result is a table of functions. A descriptor is a number or a socket. What fails gives nil and a string.
--   read_lock(fd [, sec]), write_lock(fd [, sec])   true; nil, nil, true when the time is over (0: at once).
--                   EDEADLK: the task has this lock; ECANCELED: it was woken; EBADF: the socket is closed
--   read_unlock(fd), write_unlock(fd)   true. EPERM: the task has not this lock
--   wake(fd)        ends all waits for the locks of the descriptor; true if there were any
--   forget(fd)      the same, and its locks are nobody's: for a descriptor that is about to be closed
--   forget_key(key) the same for a descriptor that is closed already
--   release(task)   a task has ended: what it had goes to whoever is next
function locks.new(tasks)
  local waiters = {}
  local readers = new_kind(tasks, waiters, 'read_lock', 'read_unlock')
  local writers = new_kind(tasks, waiters, 'write_lock', 'write_unlock')

  local function for_both(name, fd)
    local had_readers = readers[name](fd)
    return writers[name](fd) or had_readers
  end

  local function of_both(name)
    return function(socket)
      local fd = readers.key_of(socket, name)
      return fd ~= nil and for_both(name, fd)
    end
  end

  return {
    read_lock = readers.lock,
    read_unlock = readers.unlock,
    write_lock = writers.lock,
    write_unlock = writers.unlock,
    wake = of_both('wake'),
    forget = of_both('forget'),
    forget_key = function(key)
      return for_both('forget', key)
    end,
    release = function(task)
      readers.release(task)
      writers.release(task)
    end,
  }
end

return locks
