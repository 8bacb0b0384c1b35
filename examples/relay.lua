-- Passes TCP connections on to the least busy of several upstreams, and finds out by itself which of these work.
-- Run: ./dev lua 5.4 examples/relay.lua [-l HOST:PORT] [--check SECONDS] [--idle SECONDS] [--limit COUNT] UPSTREAM...
-- An upstream is HOST:PORT or [V6]:PORT. --idle 0 is no limit. SIGHUP and SIGUSR1 print statistics. SIGINT and SIGTERM
-- end it: no more connections are accepted, and those that are there may go on for a while.
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, loop = net.stream.inet, net.loop

local USAGE = 'usage: relay.lua [-l HOST:PORT] [--check SECONDS] [--idle SECONDS] [--limit COUNT] UPSTREAM...'
local CONNECT_MSEC, DRAIN_MSEC = 5000, 10000
local LONGEST_BACKOFF = 16 -- times the pause between checks
local PIECE = 65536

-- Of these the upstream is innocent.
local is_ours = { EMFILE = true, ENFILE = true, ENOBUFS = true, ENOMEM = true, EADDRNOTAVAIL = true }

local function fail(text, status)
  io.stderr:write(text, '\n')
  os.exit(status)
end

local function address(text)
  local host, port = text:match('^%[([^%]]+)%]:(%d+)$')
  if not host then
    host, port = text:match('^([^:%[%]]*):(%d+)$')
  end
  if not port or tonumber(port) > 65535 then
    fail(('relay: %s is no address; HOST:PORT and [V6]:PORT are'):format(text), 2)
  end
  return { host = host ~= '' and host or nil, port = tonumber(port) }
end

local function written(ai)
  return (ai:addr():find(':', 1, true) and '[%s]:%d' or '%s:%d'):format(ai:addr(), ai:port())
end

-- Upstreams.

local upstreams, turn = {}, 0

local function new_upstream(text)
  return { name = text, target = address(text), is_up = true, open = 0, total = 0, failed = 0, sent = 0, received = 0 }
end

local function mark(upstream, is_up, err)
  if upstream.is_up ~= is_up then
    upstream.is_up = is_up
    print(is_up and upstream.name .. ' is up' or ('%s is down: %s'):format(upstream.name, err))
  end
end

-- A connection; or nil and why there is none.
local function connect(upstream)
  local sock, err = inet.client.new(upstream.target, true, CONNECT_MSEC)
  if sock then
    mark(upstream, true)
  elseif not is_ours[err:match('^%[([%u_]+)')] then
    mark(upstream, false, err)
  end
  return sock, err
end

-- Looks after an upstream, again and again, and less often the longer it is down.
local function check(upstream, pause_sec)
  local pause = pause_sec
  while true do
    local sock = connect(upstream)
    if sock then
      sock:close()
    end
    pause = upstream.is_up and pause_sec or math.min(2 * pause, LONGEST_BACKOFF * pause_sec)
    loop.sleep(pause)
  end
end

-- One that is down is better than none.
local function rank(upstream)
  return upstream.open + (upstream.is_up and 0 or 1e9)
end

-- The upstream with the fewest connections, and of several these in turn.
local function choose(tried)
  local best, best_index
  for i = turn + 1, turn + #upstreams do
    local index = (i - 1) % #upstreams + 1
    local upstream = upstreams[index]
    if not tried[upstream] and (not best or rank(upstream) < rank(best)) then
      best, best_index = upstream, index
    end
  end
  turn = best_index or turn
  return best
end

-- A connection to the best upstream that takes it, and the upstream; nil if none does.
local function connect_to_best()
  local tried = {}
  local upstream = choose(tried)
  while upstream do
    tried[upstream], upstream.open = true, upstream.open + 1 -- it counts while it is made
    local sock = connect(upstream)
    if sock then
      upstream.total = upstream.total + 1
      return sock, upstream
    end
    upstream.open, upstream.failed = upstream.open - 1, upstream.failed + 1
    upstream = choose(tried)
  end
end

local function print_statistics()
  print('upstream state open total failed sent received')
  for _, upstream in ipairs(upstreams) do
    print(('%s %s %d %d %d %.0f %.0f'):format(upstream.name, upstream.is_up and 'up' or 'down', upstream.open,
      upstream.total, upstream.failed, upstream.sent, upstream.received))
  end
end

-- A link moves bytes in both directions between a client and an upstream, until both streams have ended.
local Link = {}
Link.__index = Link

-- The peers get a reset: what was cut short must not look complete.
function Link:cut()
  for _, sock in ipairs({ self.client, self.server }) do
    sock:linger(0)
    sock:close()
  end
end

-- Milliseconds until nothing has moved for too long.
function Link:time_left()
  return (self.seen + self.idle_sec - loop.now()) * 1000
end

-- What comes next: bytes; nil at the end; or nil and what is wrong.
function Link:receive(from)
  local bytes, err, timeout
  repeat -- meanwhile the other direction may have moved
    from:deadlines(math.max(self:time_left(), 1)) -- 0 would be none
    bytes, err, timeout = from:recv(PIECE)
  until not timeout or self:time_left() <= 0
  self.seen = bytes and loop.now() or self.seen
  return bytes, err or timeout and 'idle'
end

-- Sends all: true; or nil and what is wrong. It asks the socket itself, which tells a peer that has reset the
-- connection (ECONNRESET) from one that had ended its stream before (EPIPE).
function Link:send(to, bytes)
  local n, err, again = to.sock:send(bytes)
  while again do
    if n > 0 then
      self.seen, bytes = loop.now(), bytes:sub(n + 1)
    end
    local ok, failure, timeout = loop.writable(to.sock, math.max(self:time_left(), 1) / 1000)
    if failure or timeout and self:time_left() <= 0 then
      return nil, failure or 'idle'
    end
    if ok then
      n, err, again = to.sock:send(bytes)
    else
      n = 0
    end
  end
  self.seen = loop.now()
  return n ~= nil, err and tostring(err)
end

-- Whether nothing is wrong with both streams. When the receiver takes no more but has sent all that it had to, the
-- other direction goes on to its end.
local function is_well(err)
  return not err or err:find('EPIPE', 1, true) ~= nil
end

-- Moves a stream up to its end; whether that was as it should be.
function Link:move(from, to, upstream, key)
  local bytes, err = self:receive(from)
  while bytes do
    local ok, failure = self:send(to, bytes)
    if not ok then
      return is_well(failure)
    end
    upstream[key] = upstream[key] + #bytes
    bytes, err = self:receive(from)
  end
  return not err
end

-- The same where no deadline must be watched: then the bytes need not leave the kernel.
function Link.splice(_, from, to, upstream, key)
  local bytes, err = loop.relay(from.sock, nil, to.sock)
  upstream[key] = upstream[key] + (bytes or 0)
  return is_well(err)
end

function Link:run(upstream)
  local function run(from, to, key)
    if (self.idle_sec and self.move or self.splice)(self, from, to, upstream, key) then
      to:closew()
    else
      self:cut()
    end
  end
  local back = loop.spawn(run, self.server, self.client, 'received')
  run(self.client, self.server, 'sent')
  back:join()
end

-- Serves a client.
local function relay(client, idle_sec)
  local server, upstream = connect_to_best()
  if not server then
    client:linger(0)
    return
  end
  local link = setmetatable({ client = client, server = server, idle_sec = idle_sec, seen = loop.now() }, Link)
  local ok, err = net.pcall(link.run, link, upstream)
  upstream.open = upstream.open - 1
  if not ok then -- the time to drain is over
    link:cut()
    error(err, 0)
  end
  server:close()
end

-- The program.

local options = { listen = { host = '127.0.0.1', port = 0 }, check = 2, idle = 300, limit = 500 }

local function obey_signals(server)
  local msec = DRAIN_MSEC
  while true do
    local signal = loop.sigwait(nil, 'SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1')
    if signal == loop.signals.SIGHUP or signal == loop.signals.SIGUSR1 then
      print_statistics()
    else
      server:stop(msec)
      print('stopping')
      msec = 0 -- whoever says it twice means it
    end
  end
end

local function main()
  local server, err = inet.server.new(options.listen)
  err = err or server:listen()
  if err then
    fail('relay: ' .. err, 1)
  end
  print('listening at ' .. written(server:getsockname()))
  local others = loop.group()
  others:spawn(obey_signals, server)
  for _, upstream in ipairs(upstreams) do
    others:spawn(check, upstream, options.check)
  end
  local ok, failure = server:serve(function(client)
    relay(client, options.idle > 0 and options.idle)
  end, { limit = math.floor(options.limit) })
  others:cancel()
  if not ok then
    fail('relay: ' .. failure, 1)
  end
end

local least = { ['--check'] = 0.001, ['--idle'] = 0, ['--limit'] = 1 }

local i = 1
while arg[i] do
  local word, value = arg[i], arg[i + 1]
  local number = least[word] and tonumber(value)
  if word == '-l' and value then
    options.listen = address(value)
  elseif number and number >= least[word] and number < 1e6 then
    options[word:sub(3)] = number
  elseif word:sub(1, 1) == '-' then
    fail(USAGE, 2)
  else
    table.insert(upstreams, new_upstream(word))
    i = i - 1
  end
  i = i + 2
end
if #upstreams == 0 then
  fail(USAGE, 2)
end
io.stdout:setvbuf('line')
os.exit(loop.run(main) and 0 or 1)
