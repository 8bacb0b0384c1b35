-- A chat of lines over TCP: nc, socat or telnet are its clients.
-- Run: ./dev lua 5.4 examples/chat.lua [-l HOST:PORT] [--idle SECONDS] [--limit COUNT]
-- What somebody writes goes to all others. /who tells who is there, /nick NAME changes a name, /quit leaves. Whoever
-- reads too slowly is dropped: nobody waits for that, and what is not read is not kept for ever.
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, loop = net.stream.inet, net.loop

local USAGE = 'usage: chat.lua [-l HOST:PORT] [--idle SECONDS] [--limit COUNT]'
local LONGEST_LINE, LONGEST_NAME = 512, 20 -- bytes
local LONGEST_QUEUE = 100 -- lines
local KERNEL_BYTES = 65536 -- what the kernel may hold beside the queue
local SEND_MSEC, DRAIN_MSEC = 10000, 2000

local options = { host = '127.0.0.1', port = 0, idle = 3600, limit = 500 }

local function fail(text, status)
  io.stderr:write(text, '\n')
  os.exit(status)
end

local members, guests = {}, 0 -- by their names in lower case

-- Who is there, in order.
local function names()
  local list = {}
  for _, member in pairs(members) do
    table.insert(list, member.name)
  end
  table.sort(list)
  return list
end

local function tell_all(line, except)
  for _, member in pairs(members) do
    if member ~= except then
      member:tell(line)
    end
  end
end

local Member = {}
Member.__index = Member

local function new_member(sock)
  local member
  repeat
    guests = guests + 1
    local name = 'guest' .. guests
    member = not members[name] and setmetatable({ sock = sock, name = name, queue = {} }, Member)
  until member
  members[member.name] = member
  sock:sndbuf(KERNEL_BYTES)
  sock:deadlines(options.idle * 1000, SEND_MSEC)
  member.writer = loop.spawn(member.write, member)
  return member
end

-- Puts a line into the queue. It does not wait.
function Member:tell(line)
  if self.has_left then
    return
  elseif #self.queue == LONGEST_QUEUE then
    self.queue = {}
    self:leave('is dropped: it reads too slowly', 'you are dropped: you read too slowly')
  else
    table.insert(self.queue, line .. '\n')
    self.writer:resume()
  end
end

-- The task that sends what is in the queue, to the end.
function Member:write()
  while #self.queue > 0 or not self.has_left do
    if #self.queue == 0 then
      loop.suspend()
    else
      local text = table.concat(self.queue)
      self.queue = {}
      if self.sock:send(text) ~= #text then
        self:leave('is gone')
        return
      end
    end
  end
end

-- Is no member any more: the others are told how, and the member, last of all, why.
function Member:leave(how, why)
  if not self.has_left then
    if why then
      table.insert(self.queue, '* ' .. why .. '\n')
    end
    self.has_left = true
    members[self.name:lower()] = nil
    self.writer:resume()
    self.sock:closer() -- ends the wait for the next line
    tell_all(('* %s %s'):format(self.name, how))
  end
end

local commands = {}

function commands.who(member)
  member:tell('* here: ' .. table.concat(names(), ', '))
end

function commands.nick(member, name)
  local owner = members[name:lower()]
  if #name > LONGEST_NAME or not name:find('^[%w_-]+$') then
    member:tell(('* a name has 1 to %d letters, digits, - and _'):format(LONGEST_NAME))
  elseif owner and owner ~= member then
    member:tell(('* %s is taken'):format(name))
  else
    local before = member.name
    members[before:lower()] = nil
    members[name:lower()], member.name = member, name
    tell_all(('* %s is %s now'):format(before, name))
  end
end

function commands.quit(member)
  member:leave('leaves', 'bye')
end

function Member:obey(line)
  local text = line:gsub('%c', ''):gsub('\194[\128-\159]', '') -- nothing for the terminals of others, in ASCII or UTF-8
  local name, argument = text:match('^/(%S*)%s*(.-)%s*$')
  if not name then
    tell_all(('<%s> %s'):format(self.name, text), self)
  elseif commands[name] then
    commands[name](self, argument)
  else
    self:tell('* there are /who, /nick NAME and /quit')
  end
end

local function is_too_long(err)
  return err and err:find('^%[EMSGSIZE') ~= nil
end

-- The next line; nil at the end; or nil, why it is not read, and whether the time is over. Too long ones are left out.
function Member:read()
  local line, err, timeout = self.sock:readline(LONGEST_LINE)
  local was_too_long = is_too_long(err)
  while is_too_long(err) do
    self.sock:recv(LONGEST_LINE)
    line, err, timeout = self.sock:readline(LONGEST_LINE)
  end
  if was_too_long and line then -- which is its rest
    self:tell(('* a line has %d bytes at most'):format(LONGEST_LINE))
    return self:read()
  end
  return line, err, timeout
end

function Member:converse()
  self:tell(('* welcome, %s; there are /who, /nick NAME and /quit'):format(self.name))
  tell_all(('* %s joins'):format(self.name), self)
  local line, err, timeout = self:read()
  while line and not self.has_left do
    self:obey(line)
    loop.later() -- many lines may have come at once: the writers get their turn after each
    line, err, timeout = self:read()
  end
  if timeout then
    self:leave('has said nothing for too long', 'you have said nothing for too long')
  else
    self:leave(err and 'is gone' or 'leaves')
  end
end

local function serve(sock)
  local member = new_member(sock)
  local ok, err = net.pcall(member.converse, member)
  if not ok then
    member:leave('is gone')
    error(err, 0)
  end
  member.writer:join() -- the connection stays open for what is in the queue
end

local function obey_signals(server)
  loop.sigwait(nil, 'SIGINT', 'SIGTERM')
  server:stop(DRAIN_MSEC)
  print('stopping')
  local all = members
  members = {} -- nobody is told who leaves
  for _, member in pairs(all) do
    member:leave('', 'the server ends')
  end
end

local function main()
  local server, err = inet.server.new({ host = options.host, port = options.port })
  err = err or server:listen()
  if err then
    fail('chat: ' .. err, 1)
  end
  local ai = server:getsockname()
  print(('listening at %s port %d'):format(ai:addr(), ai:port()))
  local signals = loop.spawn(obey_signals, server)
  local ok, failure = server:serve(serve, { limit = options.limit })
  signals:cancel()
  if not ok then
    fail('chat: ' .. failure, 1)
  end
end

local switches = { ['-l'] = '^%[?([^%[%]]-)%]?:(%d+)$', ['--idle'] = '^(%d+%.?%d*)$', ['--limit'] = '^([1-9]%d*)$' }

for i = 1, #arg, 2 do
  local pattern, value, port = switches[arg[i]]
  if pattern and arg[i + 1] then
    value, port = arg[i + 1]:match(pattern)
  end
  if not value or tonumber(port or 0) > 65535 or not port and tonumber(value) > 1e6 then
    fail(USAGE, 2)
  elseif port then
    options.host, options.port = value ~= '' and value or nil, port
  else
    options[arg[i]:sub(3)] = tonumber(value)
  end
end
io.stdout:setvbuf('line')
os.exit(loop.run(main) and 0 or 1)
