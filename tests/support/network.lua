-- SPDX-License-Identifier: MIT
-- Sockets for tests: only loopback, only port 0. A function here fails loudly instead of returning an error.

local llsocket = require('llsocket')
local addrinfo, socket = llsocket.addrinfo, llsocket.socket

local network = {}

local kept = {}

if package.loaded['busted'] then
  require('busted').subscribe({ 'test', 'end' }, function()
    kept = {}
    return nil, true -- other subscribers go on
  end)
end

-- Returns its arguments, which then live until the test is over: sockets that it does not name, such as the other end
-- of a pair.
local function keep(...)
  kept[#kept + 1] = { ... }
  return ...
end

network.keep = keep

-- The families of TCP and UDP that this machine has, each with its loopback address.
network.loopbacks = {
  { name = 'IPv4', family = llsocket.AF_INET, host = '127.0.0.1', address = addrinfo.inet },
}

local function must(value, err)
  if not value then
    error(tostring(err), 3)
  end
  return value
end

-- A receive that would wait for ever fails the test after a while instead.
local function patient(sock)
  must(sock:rcvtimeo(20))
  return sock
end

local function has_ipv6()
  local probe = socket.new(llsocket.AF_INET6, llsocket.SOCK_DGRAM)
  return probe and probe:bind(addrinfo.inet6('::1', 0, llsocket.SOCK_DGRAM)) or false
end

if has_ipv6() then
  network.loopbacks[2] = { name = 'IPv6', family = llsocket.AF_INET6, host = '::1', address = addrinfo.inet6 }
end

-- Calls `define` (of busted) for each family.
function network.each_loopback(define)
  for _, loopback in ipairs(network.loopbacks) do
    define(loopback)
  end
  if #network.loopbacks < 2 then
    require('busted').pending('IPv6: this machine has no ::1')
  end
end

local function bound(loopback, socktype)
  local sock = patient(must(socket.new(loopback.family, socktype)))
  must(sock:bind(loopback.address(loopback.host, 0, socktype)))
  return sock
end

-- A listening TCP socket and its address.
function network.listener(loopback, backlog)
  local listener = bound(loopback, llsocket.SOCK_STREAM)
  must(listener:listen(backlog))
  return keep(listener, must(listener:getsockname()))
end

-- A connected TCP client, its server side, and the listener, all blocking.
function network.tcp_pair(loopback)
  local listener, address = network.listener(loopback)
  local client = patient(must(socket.new(loopback.family, llsocket.SOCK_STREAM)))
  must(client:connect(address))
  return keep(client, patient(must(listener:accept())), listener)
end

-- A bound UDP socket and its address.
function network.udp(loopback)
  local sock = bound(loopback, llsocket.SOCK_DGRAM)
  return keep(sock, must(sock:getsockname()))
end

-- Two UDP sockets connected with each other.
function network.udp_pair(loopback)
  local a, a_address = network.udp(loopback)
  local b, b_address = network.udp(loopback)
  must(a:connect(b_address))
  must(b:connect(a_address))
  return keep(a, b)
end

-- Two connected unix sockets.
function network.pair(socktype, nonblock)
  local socks = must(socket.pair(socktype or llsocket.SOCK_STREAM, nil, nonblock))
  return keep(patient(socks[1]), patient(socks[2]))
end

-- A unix socket with an abstract name that the kernel picked (unix(7), autobind), and its address.
function network.unix(socktype)
  local sock = patient(must(socket.new(llsocket.AF_UNIX, socktype)))
  must(sock:bind(addrinfo.unix('', socktype)))
  return keep(sock, must(sock:getsockname()))
end

-- A path where no file is.
function network.free_path()
  local path = os.tmpname()
  os.remove(path)
  return path
end

-- Sends, without blocking, until no more fits; returns how many bytes went.
function network.fill(sock)
  local total, chunk = 0, ('x'):rep(65536)
  sock:nonblock(true)
  while true do
    local n, err = sock:send(chunk)
    if n == 0 then
      return total
    end
    total = total + must(n, err)
  end
end

-- Receives exactly `size` bytes of a stream, for which it waits also on a socket that does not block; or all until its
-- end. In pieces of `piece` bytes.
function network.receive_all(sock, size, piece)
  local parts, left = {}, size or math.huge
  while left > 0 do
    if size then
      sock:recvable(20000)
    end
    local part = sock:recv(math.min(left, piece or 65536))
    if not part then
      break
    end
    parts[#parts + 1] = part
    left = left - #part
  end
  return table.concat(parts)
end

-- An address that does not answer: the queue of its listener is full, and Linux drops what comes then.
function network.silent()
  local listener = network.keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)))
  assert(listener:bind(llsocket.addrinfo.inet('127.0.0.1', 0)))
  assert(listener:listen(0))
  local address = listener:getsockname()
  for _ = 1, 3 do
    local sock = network.keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM, 0, true)))
    sock:connect(address)
    sock:sendable(50)
  end
  return address
end

return network
