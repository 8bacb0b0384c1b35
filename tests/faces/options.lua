-- SPDX-License-Identifier: MIT
-- The tables of the socket options, which are alike in all generations but for how they answer.

local assert = require('luassert')
local at = require('scenes')
local replay = require('replay')

local results = replay.pack
local some = replay.from(1)

-- The name, where it differs the one in generation 1 (false: it has none), the first generation, what a new socket
-- reads, what is set, and what is in force then if it is another value. On `on`, a TCP socket unless it says otherwise.
local rows = {
  { 'cloexec', 'cloexec', 1, true, false, op = 'fcntl' },
  { 'nonblock', 'nonblock', 1, false, true, op = 'fcntl' },
  { 'tcpnodelay', 'nodelay', 1, false, true },
  { 'tcpkeepintvl', false, 2, some, 31 },
  { 'tcpkeepcnt', false, 2, some, 4 },
  { 'tcpkeepalive', false, 2, some, 601 },
  { 'tcpcork', false, 2, false, true },
  { 'reuseport', false, 2, false, true },
  { 'reuseaddr', 'reuseaddr', 1, false, true },
  { 'broadcast', 'broadcast', 1, false, true, on = at.udp() },
  { 'debug', 'debug', 1, false, false }, -- true needs CAP_NET_ADMIN (socket(7))
  { 'keepalive', 'keepalive', 1, false, true },
  { 'oobinline', 'oobinline', 1, false, true },
  { 'dontroute', false, 2, false, true },
  { 'timestamp', 'timestamp', 1, false, true, on = at.udp() },
  { 'rcvbuf', 'rcvbuf', 1, some, 16384, 32768 }, -- doubled (socket(7))
  { 'sndbuf', 'sndbuf', 1, some, 16384, 32768 },
  { 'rcvlowat', 'rcvlowat', 1, 1, 5 },
  { 'sndlowat', 'sndlowat', 1, 1, 5, refused = 'ENOPROTOOPT' }, -- Linux knows one value (socket(7))
  { 'rcvtimeo', 'rcvtimeo', 1, 0.0, 2.5 },
  { 'sndtimeo', 'sndtimeo', 1, 0.0, 2.5 },
  { 'mcastloop', false, 2, true, false, on = at.udp() },
  { 'mcastttl', false, 2, 1, 7, on = at.udp() },
  { 'mcastif', false, 2, nil, 'lo', on = at.udp() },
}

local options = {}

local function setting(generation, row, failure)
  local name, default, sample = row[1], row[4], row[5]
  local now = row[6] or sample
  if row.refused then
    return { 'failure', 'that value is refused', with = results(sample), gives = failure(row.refused, 'setsockopt') }
  end
  if generation < 4 then
    return { 'success', 'set, the value now in force', with = results(sample), gives = results(now) }
  end
  return {
    'success', 'set, the value before', with = results(sample), gives = results(default),
    after = function(sock)
      assert.equal(now, (sock[name](sock)))
    end,
  }
end

local function is_number(value)
  return getmetatable(value) == getmetatable(some) or type(value) == 'number'
end

-- The rows of one option. `failure` gives the results of a call that failed, by error and system call.
local function table_of(generation, row, failure)
  local on = row.on or at.tcp()
  local set = setting(generation, row, failure)
  set.on = on
  local refused_op = row.op or (generation < 4 and 'setsockopt' or 'getsockopt')
  local wrong, expected = {}, type(row[5]) == 'string' and 'string' or is_number(row[4]) and 'integer' or 'boolean'
  if expected == 'integer' and row[5] % 1 ~= 0 then
    expected = 'number'
  end
  return {
    { 'success', 'read', on = on, gives = results(row[4]) },
    { 'success', 'read with nil', on = on, with = results(nil), gives = results(row[4]) },
    set,
    { 'failure', 'read when closed', on = at.closed(), gives = failure('EBADF', row.op or 'getsockopt') },
    { 'failure', 'set when closed', on = at.closed(), with = results(row[5]), gives = failure('EBADF', refused_op) },
    {
      'wrong argument', on = on, with = results(wrong),
      raises = ("bad argument #%d to '%s' (%s expected, got table)"):format(
        generation == 1 and 2 or 1, generation == 1 and row[2] or row[1], expected),
    },
  }
end

-- SO_LINGER, which has a value for "off" that each generation writes in its own way; off.
local function linger(generation, off, failure)
  local function with(value)
    return function(scene)
      local sock = at.tcp()(scene)
      if value then
        sock:linger(value)
      end
      return sock
    end
  end
  local answers_before = generation == 4
  return {
    { 'success', 'read when off', on = with(), gives = results(off) },
    { 'success', 'read when on', on = with(7), gives = results(7) },
    { 'success', 'turned on', on = with(), with = results(5), gives = results(not answers_before and 5 or off) },
    { 'success', 'turned off', on = with(7), with = results(-1), gives = results(answers_before and 7 or off) },
    { 'failure', on = at.closed(), gives = failure('EBADF', 'getsockopt') },
  }
end

local function acceptconn(failure)
  return {
    { 'success', 'of a listener', on = at.listener(), gives = results(true) },
    { 'success', 'of another socket', on = at.tcp(), gives = results(false) },
    { 'failure', on = at.closed(), gives = failure('EBADF', 'getsockopt') },
    {
      'wrong argument', on = at.listener(), with = results(true),
      raises = "bad argument #1 to 'acceptconn' (the option can only be read)",
    },
  }
end

-- The tables of all options that a generation has, by entry.
function options.tables(generation, failure)
  local tables = {}
  for _, row in ipairs(rows) do
    if generation >= row[3] then
      local entry = generation == 1 and 'opt.' .. row[2] or 'socket:' .. row[1]
      tables[entry] = table_of(generation, row, failure)
    end
  end
  if generation >= 2 then
    tables['socket:acceptconn'] = acceptconn(failure)
  end
  if generation >= 3 then
    tables['socket:linger'] = linger(generation, generation == 4 and -1 or nil, failure)
  end
  return tables
end

return options
