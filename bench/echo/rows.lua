-- SPDX-License-Identifier: MIT
-- What ./dev bench echo measures.

local MIB = 1048576

local function messages(mode, connections, size, seconds)
  return function(scale)
    return { serve = 'echo -', load = ('%s %d %d %.3f'):format(mode, connections, size, seconds * scale) }
  end
end

-- A gibibyte, or a part of it in whole writes.
local function bytes_of(scale)
  return math.max(1, math.floor(1024 * scale)) * MIB
end

local function send_in_one(scale)
  return { serve = ('send %d'):format(bytes_of(scale)), load = ('from %d 1'):format(bytes_of(scale)) }
end

local function receive_in_one(scale)
  return { serve = 'receive -', load = ('to %d 1'):format(bytes_of(scale)) }
end

local function send_file(scale)
  return {
    before = ('head -c %d /dev/zero >"$directory/file" && '):format(64 * MIB),
    serve = 'sendfile "$directory/file"',
    load = ('from %d %d'):format(64 * MIB, math.max(1, math.floor(16 * scale))),
  }
end

local function echo(name, title, connections, size)
  return {
    name = name,
    title = title,
    rounds = 7,
    work = messages('echo', connections, size, 0.5),
    figures = { 'rate', 'cpu', 'p50', 'p99', 'memory' },
  }
end

local judged = echo('echo64_64', '64 bytes there and back, 64 connections', 64, 64)
judged.rounds = 20
judged.targets = { ['5.4'] = { rate = 0.90, cpu = 1.15 }, jit = { rate = 0.93, cpu = 1.12 } }
judged.ahead_in = 'rate'
judged.notes = { 'luv try: it sends by try_write, without a callback. net need not be ahead of it.' }

local large = echo('echo16k_64', '16 KiB there and back, 64 connections', 64, 16384)
large.notes = {
  'net pad: with MALLOC_TOP_PAD_=16777216, so that glibc keeps the memory of collected strings for the next ones.',
}

return {
  echo('echo64_1', '64 bytes there and back, 1 connection', 1, 64),
  judged,
  echo('echo64_1000', '64 bytes there and back, 1,000 connections', 1000, 64),
  echo('echo16k_1', '16 KiB there and back, 1 connection', 1, 16384),
  large,
  echo('echo16k_1000', '16 KiB there and back, 1,000 connections', 1000, 16384),
  {
    name = 'accept',
    title = 'connect, 64 bytes there and back, close; 64 at a time',
    rounds = 7,
    work = messages('accept', 64, 64, 0.5),
    figures = { 'rate', 'cpu', 'p50', 'p99', 'memory' },
  },
  {
    name = 'idle',
    title = 'memory of a connection that waits to read, of 15,000',
    rounds = 3,
    work = function(scale)
      return { serve = 'echo -', load = ('idle %d'):format(math.max(100, math.floor(15000 * math.min(scale, 1)))) }
    end,
    figures = { 'each' },
    limits = { ['5.4'] = { each = 2048 } },
    lacking = { copas = true },
    notes = {
      'Copas waits with select(2), for 1024 descriptors at most.',
      'net, cqueues: a coroutine each. The others have none.',
      'Asio: with the buffer into which it reads, of which a part is touched.',
    },
  },
  {
    name = 'send',
    title = 'the server sends 1 GiB in one stream, 64 KiB at a time',
    rounds = 5,
    work = send_in_one,
    figures = { 'throughput', 'cpu_of_mib', 'memory' },
    notes = { 'C: its socket blocks.' },
  },
  {
    name = 'receive',
    title = 'the server receives 1 GiB in one stream, 64 KiB at a time',
    rounds = 5,
    work = receive_in_one,
    figures = { 'throughput', 'cpu_of_mib', 'memory' },
    notes = { 'C: its socket blocks.' },
  },
  {
    name = 'sendfile',
    title = 'the server sends a file of 64 MiB, to one connection after the other',
    rounds = 5,
    work = send_file,
    figures = { 'throughput', 'cpu_of_mib', 'memory' },
    lacking = { luv = true, cqueues = true, copas = true, asio = true, node = true },
    notes = { 'C: its socket blocks.', 'The libraries that are missing have no sendfile for streams.' },
  },
}
