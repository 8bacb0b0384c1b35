-- Sends a file between two processes in six ways and checks the SHA-256 of every copy.
-- Run: ./dev demo [FILE], or with another Lua: ./dev lua jit examples/demo.lua [FILE]
-- SPDX-License-Identifier: MIT

local llsocket = require('llsocket')
local socket, addrinfo = llsocket.socket, llsocket.addrinfo
local iovec, msghdr = llsocket.iovec, llsocket.msghdr

local PART_BYTES = 32 * 1024 -- how much of the file one record or datagram carries
local NUMBER = '%08d' -- of a datagram; it comes first in it
local NUMBER_BYTES = 8

-- Passes the first result on, or raises the error. All sockets here block: "again" with nothing done is a timeout.
local function check(value, err, again)
  if err or (again and (not value or value == 0)) then
    error(tostring(err or 'timed out'), 2)
  end
  return value
end

-- Over connections. The file is the sender's standard input, descriptor 0.

local function finish(sock)
  check(sock:shutdown(llsocket.SHUT_WR))
  assert(check(sock:recv()), 'the receiver went away')
end

local function send_file(sock)
  local offset = 0
  repeat
    local len = check(sock:sendfile(0, 1024 * PART_BYTES, offset))
    offset = offset + len
  until len == 0
  finish(sock)
end

local function send_records(sock)
  for part in function() return io.read(PART_BYTES) end do
    check(sock:send(part))
  end
  finish(sock)
end

local function send_descriptor(sock)
  check(sock:sendfd(0))
  finish(sock)
end

local function receive_bytes(listener, copy)
  local sock = check(listener:accept())
  for part in function() return check(sock:recv(PART_BYTES)) end do
    copy:write(part)
  end
  check(sock:send('.'))
end

local function receive_descriptor(listener, copy)
  local sock = check(listener:accept())
  local fd = check(sock:recvfd())
  local part = iovec.new()
  check(part:addn(PART_BYTES))
  for len in function() return check(part:readv(fd)) end do
    copy:write(part:concat(0, len))
  end
  check(socket.close(fd))
  check(sock:send('.'))
end

-- Over datagrams, which may get lost: each has a number and is sent until its number comes back; the last has no part.

local function deliver(sock, number, part)
  local mh = msghdr.new()
  mh:iov(iovec.new())
  check(mh:iov():add(number))
  if part then
    check(mh:iov():add(part))
  end
  repeat
    check(sock:sendmsg(mh))
  until sock:recvable(100) and check(sock:recv()) == number
end

local function send_datagrams(sock)
  local count = 0
  repeat
    local part = io.read(PART_BYTES)
    count = count + 1
    deliver(sock, NUMBER:format(count), part)
  until not part
end

local function receive_datagrams(sock, copy)
  local mh = msghdr.new()
  mh:iov(iovec.new())
  check(mh:iov():addn(NUMBER_BYTES))
  check(mh:iov():addn(PART_BYTES))
  local next_count, at_end = 1, false
  -- The answer to the last one may get lost too: stay until the sender has had time to ask again.
  while not at_end or sock:recvable(250) do
    local len = check(sock:recvmsg(mh))
    local number = mh:iov():get(1)
    if number == NUMBER:format(next_count) then
      copy:write(mh:iov():concat(NUMBER_BYTES, len - NUMBER_BYTES))
      next_count, at_end = next_count + 1, len == NUMBER_BYTES
    end
    check(sock:sendto(number, mh:name()))
  end
end

local INET, INET6, UNIX = llsocket.AF_INET, llsocket.AF_INET6, llsocket.AF_UNIX
local STREAM, RECORDS, DATAGRAMS = llsocket.SOCK_STREAM, llsocket.SOCK_SEQPACKET, llsocket.SOCK_DGRAM

local ways = {
  { name = 'TCP over IPv4', family = INET, socktype = STREAM, send = send_file, receive = receive_bytes },
  { name = 'TCP over IPv6', family = INET6, socktype = STREAM, send = send_file, receive = receive_bytes },
  { name = 'unix stream', family = UNIX, socktype = STREAM, send = send_file, receive = receive_bytes },
  { name = 'unix seqpacket', family = UNIX, socktype = RECORDS, send = send_records, receive = receive_bytes },
  { name = 'UDP messages', family = INET, socktype = DATAGRAMS, send = send_datagrams, receive = receive_datagrams },
  { name = 'its descriptor', family = UNIX, socktype = STREAM, send = send_descriptor, receive = receive_descriptor },
}

local function address(way, addr, port)
  if way.family == UNIX then
    return check(addrinfo.unix(addr, way.socktype))
  end
  return check(addrinfo[way.family == INET and 'inet' or 'inet6'](addr, port, way.socktype))
end

-- The sender is this program again, run as demo.lua --send WAY ADDRESS PORT <FILE. It prints the seconds it took.

-- Lua has no such clock, but the kernel stamps datagrams with the time: two 64-bit numbers, here little-endian.
local function new_clock()
  local sock = check(socket.new(INET, DATAGRAMS))
  check(sock:bind(check(addrinfo.inet('127.0.0.1'))))
  check(sock:connect(sock:getsockname()))
  check(sock:timestamp(true))
  local mh = msghdr.new()
  mh:control(llsocket.cmsghdrs.new())
  return function()
    check(sock:send(''))
    check(sock:recvmsg(mh))
    local stamp = mh:control():shift():data()
    local seconds, microseconds = 0, 0
    for i = 8, 1, -1 do
      seconds = seconds * 256 + stamp:byte(i)
      microseconds = microseconds * 256 + stamp:byte(8 + i)
    end
    return seconds + microseconds / 1e6
  end
end

local function send_stdin(way, addr, port)
  local now = new_clock()
  local sock = check(socket.new(way.family, way.socktype))
  local start = now()
  check(sock:connect(address(way, addr, port)))
  way.send(sock)
  print(now() - start)
end

-- The receiver starts a sender for each way.

local function quote(word)
  return "'" .. word:gsub("'", "'\\''") .. "'"
end

local function first_word_of(command)
  local pipe = assert(io.popen(command))
  local word = pipe:read('*a'):match('%S+')
  pipe:close()
  return word or error('no answer from ' .. command, 0)
end

local function sha256(path)
  return first_word_of('sha256sum <' .. quote(path))
end

local function interpreter()
  local index = 0
  while arg[index - 1] do
    index = index - 1
  end
  return arg[index]
end

local function start_sender(number, ai, path)
  local words = { interpreter(), arg[0], '--send', tostring(number), ai:addr(), tostring(ai:port() or 0) }
  for i, word in ipairs(words) do
    words[i] = quote(word)
  end
  return assert(io.popen(table.concat(words, ' ') .. ' <' .. quote(path)))
end

local function new_receiver(way, directory)
  local places = { [INET] = '127.0.0.1', [INET6] = '::1', [UNIX] = directory .. '/' .. way.name }
  local sock = check(socket.new(way.family, way.socktype))
  check(sock:bind(address(way, places[way.family], 0)))
  if way.socktype ~= DATAGRAMS then
    check(sock:listen())
  end
  check(sock:rcvtimeo(10)) -- a sender that failed never comes
  return sock
end

local function transfer(number, path, directory)
  local receiver = new_receiver(ways[number], directory)
  local sender = start_sender(number, receiver:getsockname(), path)
  local copy = assert(io.open(directory .. '/copy', 'wb'))
  ways[number].receive(receiver, copy)
  local bytes = copy:seek()
  copy:close()
  local seconds = assert(sender:read('*n'), 'the sender failed')
  sender:close()
  return bytes, seconds, sha256(directory .. '/copy')
end

local function is_here(way)
  local sock = socket.new(way.family, way.socktype)
  return way.family ~= INET6 or sock and sock:bind(address(way, '::1', 0))
end

-- Prints a line per way and tells whether every copy is right.
local function run(path, directory)
  local expected, all_right = sha256(path), true
  print(('%s\nSHA-256 %s\n'):format(path, expected))
  print(('%-15s %12s %10s %8s  %s'):format('way', 'bytes', 'ms', 'MB/s', 'checksum'))
  for number, way in ipairs(ways) do
    if is_here(way) then
      local bytes, seconds, sum = transfer(number, path, directory)
      all_right = all_right and sum == expected
      print(('%-15s %12d %10.3f %8.0f  %s'):format(
        way.name, bytes, seconds * 1e3, bytes / seconds / 1e6, sum == expected and 'ok' or 'WRONG: ' .. sum))
    else
      print(('%-15s not on this machine'):format(way.name))
    end
  end
  return all_right
end

if arg[1] == '--send' then
  send_stdin(ways[tonumber(arg[2])], arg[3], tonumber(arg[4]))
else
  local directory = first_word_of('mktemp -d')
  local ok, result = pcall(run, arg[1] or first_word_of('command -v ' .. quote(interpreter())), directory)
  os.execute('rm -r ' .. quote(directory))
  if not (ok and result) then
    io.stderr:write(ok and 'a copy differs' or result, '\n')
    os.exit(1)
  end
end
