-- SPDX-License-Identifier: MIT
-- Ways from one process to another. Each client sends its number and its piece of a file, which is its standard input;
-- each way is
--   name
--   listen(folder)          a server, its address and port as words; nil and an error where it cannot be
--   connect(address, port)  a client
--   send(sock, number)      sends the number and the piece, until that is confirmed
--   receive(sock)           returns both when the client knows that they came

local llsocket = require('llsocket')
local datagrams = require('demo.datagrams')
local net = require('net')
local pieces = require('demo.pieces')

local loop, MsgHdr = net.loop, net.MsgHdr

local check, own_piece = pieces.check, pieces.own
local PIECE, PART, NUMBER, NUMBER_BYTES = pieces.BYTES, pieces.PART, pieces.NUMBER, pieces.NUMBER_BYTES

local ways = {}

-- Bytes in streams.

local function send_string(sock, number)
  check(sock:send(NUMBER:format(number)))
  check(sock:send(own_piece(number)))
end

local function send_file(sock, number)
  check(sock:send(NUMBER:format(number)))
  local sent = check(sock:sendfile(io.stdin, PIECE, pieces.place(number)))
  assert(sent == PIECE, 'the file is too short')
end

local function receive_string(sock)
  local number = tonumber(check(sock:readn(NUMBER_BYTES)))
  return number, check(sock:readn(PIECE))
end

-- The descriptor of the file, in one message with the number. Its position is common to all who have it.

local function send_descriptor(sock, number)
  local msg = MsgHdr.new()
  msg:add(NUMBER:format(number))
  msg:control():push(net.cmsghdr.rights(0))
  check(sock:sendmsg(msg))
end

local function receive_descriptor(sock)
  local msg = MsgHdr.new()
  msg:addn(NUMBER_BYTES)
  check(sock:recvmsg(msg))
  local fd = msg:control():shift():data()
  local file = io.open(('/dev/fd/%d'):format(fd), 'rb')
  net.close(fd)
  local number = tonumber(msg:get(1))
  local piece = pieces.read(assert(file), number)
  file:close()
  return number, piece
end

-- Messages of two parts, which arrive as they were sent. net has no class for this kind of socket, so here is one.

local Records = net.class('Records', net.unix.Socket)
local RecordServer = net.class('RecordServer', net.stream.Server)

function RecordServer:createConnection(sock) -- luacheck: no self
  return Records.new(sock)
end

local function record_socket()
  return assert(llsocket.socket.new(llsocket.AF_UNIX, llsocket.SOCK_SEQPACKET, 0, true))
end

local function record_address(path)
  return assert(net.addrinfo.unix(path, llsocket.SOCK_SEQPACKET))
end

local function send_records(sock, number)
  local piece = own_piece(number)
  for first = 1, PIECE, PART do
    local msg = MsgHdr.new()
    msg:add(NUMBER:format(number))
    msg:add(piece:sub(first, first + PART - 1))
    check(sock:sendmsg(msg))
  end
end

local function receive_records(sock)
  local msg, parts = MsgHdr.new(), {}
  msg:addn(NUMBER_BYTES)
  msg:addn(PART)
  for i = 1, PIECE / PART do
    local len = check(sock:recvmsg(msg))
    parts[i] = msg:concat(NUMBER_BYTES, len - NUMBER_BYTES)
  end
  return tonumber(msg:get(1)), table.concat(parts)
end

-- Servers and clients. Of what listens at a path the port is 0.

local function listening(server, err)
  err = err or server:listen()
  if err then
    return nil, err
  end
  return server
end

local function inet(host)
  local function listen()
    local server, err = listening(net.stream.inet.server.new({ host = host }))
    if not server then
      return nil, err
    end
    return server, host, server:getsockname():port()
  end
  local function connect(address, port)
    return check(net.stream.inet.client.new({ host = address, port = port }, true, pieces.MSEC))
  end
  return listen, connect
end

local function listen_at_path(folder)
  local path = folder .. '/stream'
  os.remove(path)
  return assert(listening(net.stream.unix.server.new({ path = path }))), path, 0
end

local function connect_to_path(path)
  return check(net.stream.unix.client.new({ path = path }, true, pieces.MSEC))
end

local function listen_for_records(folder)
  local path, sock = folder .. '/records', record_socket()
  assert(sock:bind(record_address(path)))
  return assert(listening(RecordServer.new(sock))), path, 0
end

local function connect_for_records(path)
  local sock = record_socket()
  check(loop.connect(sock, pieces.MSEC / 1000, record_address(path)))
  return Records.new(sock)
end

local function confirmed(send)
  return function(sock, number)
    send(sock, number)
    assert(check(sock:recv()) == '.')
  end
end

local function confirming(receive)
  return function(sock)
    local number, piece = receive(sock)
    check(sock:send('.'))
    sock:recv() -- its end
    return number, piece
  end
end

local function add(name, listen, connect, send, receive)
  table.insert(ways, { name = name, listen = listen, connect = connect, send = send, receive = receive })
end

local listen4, connect4 = inet('127.0.0.1')
local listen6, connect6 = inet('::1')
send_string, send_file = confirmed(send_string), confirmed(send_file)
receive_string = confirming(receive_string)
add('TCP, strings', listen4, connect4, send_string, receive_string)
add('TCP, sendfile', listen4, connect4, send_file, receive_string)
add('TCP over IPv6', listen6, connect6, send_file, receive_string)
add('unix stream', listen_at_path, connect_to_path, send_string, receive_string)
add('unix records', listen_for_records, connect_for_records, confirmed(send_records), confirming(receive_records))
add('UDP messages', datagrams.listen, datagrams.connect, datagrams.send, datagrams.receive)
add('its descriptor', listen_at_path, connect_to_path, confirmed(send_descriptor), confirming(receive_descriptor))

return ways
