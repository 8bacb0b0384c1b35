-- SPDX-License-Identifier: MIT
-- Pieces over UDP, where datagrams get lost. So each has the number of the client and where its part is in the piece,
-- and is sent until this comes back.

local net = require('net')
local pieces = require('demo.pieces')

local loop = net.loop

local check, own_piece = pieces.check, pieces.own
local PIECE, PART, NUMBER, NUMBER_BYTES = pieces.BYTES, pieces.PART, pieces.NUMBER, pieces.NUMBER_BYTES
local FIRST_MSEC = 100 -- how long to wait for an answer, at first
local LOOPBACK = '127.0.0.1'

local datagrams = {}

local HEAD, HEAD_BYTES = NUMBER .. NUMBER, 2 * NUMBER_BYTES

-- Calls transmit(), and waits for a datagram, until there is one that is_answer(): that and its sender.
local function ask(sock, transmit, is_answer)
  local msec, deadline = FIRST_MSEC, loop.now() + pieces.MSEC / 1000
  local str, ai, err
  repeat
    check(transmit())
    sock:deadlines(msec)
    str, ai, err = sock:recvfrom()
    check(not err, err)
    msec = 2 * msec
  until str and is_answer(str) or loop.now() > deadline
  return check(str), ai
end

local function deliver(sock, head, part)
  ask(sock, function()
    return sock:send(head .. part)
  end, function(str)
    return str == head
  end)
end

function datagrams.send(sock, number)
  local piece = own_piece(number)
  for place = 0, PIECE - 1, PART do
    deliver(sock, HEAD:format(number, place), piece:sub(place + 1, place + PART))
  end
end

-- The last answer may get lost as well: it stays until nobody asks again.
function datagrams.receive(sock)
  local parts, number = {}, nil
  local str, err, timeout = sock:recv(HEAD_BYTES + PART)
  while str do
    number = tonumber(str:sub(1, NUMBER_BYTES))
    if tonumber(str:sub(NUMBER_BYTES + 1, HEAD_BYTES)) == #parts * PART then -- else it came before
      table.insert(parts, str:sub(HEAD_BYTES + 1))
    end
    sock:send(str:sub(1, HEAD_BYTES))
    if #parts * PART == PIECE then
      sock:deadlines(2 * FIRST_MSEC)
    end
    str, err, timeout = sock:recv(HEAD_BYTES + PART)
  end
  if #parts * PART < PIECE then
    check(nil, err, timeout)
  end
  return number, table.concat(parts)
end

-- A server for datagrams that serves as those for connections do: it answers each new peer from a socket of its own.
local DatagramServer = net.class('DatagramServer', net.dgram.inet.Socket)

local function new_peer(ai)
  local sock = check(net.dgram.inet.new({ host = LOOPBACK }))
  assert(not sock:bind())
  assert(not sock:connect({ host = ai:addr(), port = ai:port() }))
  return sock
end

local function serve_peer(sock, handler, onerror)
  local ok, err = net.pcall(handler, sock)
  sock:close()
  if not ok then
    onerror(err)
  end
end

function DatagramServer:serve(handler, options)
  local peers = {}
  local str, ai = self:recvfrom()
  while str do
    local name = ai:addr() .. ' ' .. ai:port()
    if not peers[name] then
      peers[name] = new_peer(ai)
      loop.spawn(serve_peer, peers[name], handler, options.onerror)
    end
    peers[name]:send(str) -- it came from here, says the client's kernel
    str, ai = self:recvfrom()
  end
  return true
end

function DatagramServer:stop()
  self:close()
end

function datagrams.listen()
  local server = check(DatagramServer.new({ host = LOOPBACK }))
  assert(not server:bind())
  return server, LOOPBACK, server:getsockname():port()
end

function datagrams.connect(address, port)
  local sock = check(net.dgram.inet.new({ host = address }))
  assert(not sock:bind())
  local server = check(net.dgram.getaddrinfoin({ host = address, port = port }))
  local _, ai = ask(sock, function()
    return sock:sendto('hello', server)
  end, function()
    return true
  end)
  assert(not sock:connect({ host = ai:addr(), port = ai:port() }))
  return sock
end

return datagrams
