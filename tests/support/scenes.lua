-- SPDX-License-Identifier: MIT
-- What calls meet: sockets that are connected, full, abandoned, closed ... of the generation under test. Every stage
-- here is called as scenes.name(arguments), which gives a function of the scene; that gives the socket, and what else
-- the call begins with. Other ends live until the test is over.

local descriptors = require('descriptors')
local llsocket = require('llsocket')
local network = require('network')

local scenes = {}

local SOCK_STREAM, SOCK_DGRAM = llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM
local host = '127.0.0.1'

local Scene = {}
Scene.__index = Scene

-- Generation 4. Its objects also stand behind the numbers of generation 1.
function scenes.of_objects()
  local scene = { module = llsocket }
  function scene.address(port, socktype)
    return assert(llsocket.addrinfo.inet(host, port, socktype))
  end
  function scene.unix_address(path, socktype)
    return assert(llsocket.addrinfo.unix(path, socktype))
  end
  function scene.open(address, nonblock)
    return assert(llsocket.socket.new(address:family(), address:socktype(), nil, nonblock))
  end
  function scene.open_pair(socktype, nonblock)
    return assert(llsocket.socket.pair(socktype, nil, nonblock))
  end
  return setmetatable(scene, Scene)
end

-- Generations 2 and 3.
function scenes.of_strings(module)
  local scene = { module = module }
  function scene.address(port, socktype)
    return assert(module.inet.getaddrinfo(host, port, socktype))[1]
  end
  function scene.unix_address(path, socktype)
    local found = assert(module.unix.getaddrinfo(path, socktype))
    return type(found) == 'table' and found[1] or found
  end
  function scene.open(address, nonblock)
    return assert(module.socket.new(address, nonblock))
  end
  function scene.open_pair(socktype, nonblock)
    return assert(module.socket.pair(socktype, nonblock))
  end
  return setmetatable(scene, Scene)
end

-- The two ends of a unix socket pair that does not block.
function Scene:pair(socktype)
  local socks = self.open_pair(socktype or SOCK_STREAM, true)
  network.keep(socks)
  return socks[1], socks[2]
end

-- A socket bound to a free port of the loopback device, and its address.
function Scene:bound(socktype, nonblock)
  local address = self.address(0, socktype)
  local sock = network.keep(self.open(address, nonblock))
  sock:bind(address)
  return sock, sock:getsockname()
end

function Scene:listener(nonblock)
  local sock, address = self:bound(SOCK_STREAM, nonblock)
  sock:listen()
  return sock, address
end

-- A TCP connection: the client and the server's end.
function Scene:connection()
  local listener, address = self:listener()
  local client = network.keep(self.open(address))
  client:connect(address)
  return client, network.keep(listener:accept())
end

-- Waits until a socket is ready by a method of generation 4, since not every generation has one.
function scenes.await(sock, method)
  local watch = assert(llsocket.socket.wrap(sock:fd()))
  local is_ready = watch[method](watch, 20000, true)
  watch:unwrap()
  assert(is_ready, 'the socket never was ' .. method)
end

local function stage(name, set)
  scenes[name] = function(...)
    local arguments, n = { ... }, select('#', ...)
    return function(scene)
      return set(scene, (table.unpack or unpack)(arguments, 1, n))
    end
  end
end

-- The same stage, but only its socket.
function scenes.alone(on)
  return function(scene)
    return (on(scene))
  end
end

-- One end of a pair of which nothing came.
stage('idle', function(scene, socktype)
  return (scene:pair(socktype))
end)

-- One end of a pair to which the other sent a text.
stage('receiver', function(scene, text, socktype)
  local sock, other = scene:pair(socktype)
  other:send(text)
  return sock
end)

-- One end of a pair of which the other closed, after it sent a text, if one is given.
stage('abandoned', function(scene, socktype, text)
  local sock, other = scene:pair(socktype)
  if text then
    other:send(text)
  end
  other:close()
  return sock
end)

-- One end of a pair that takes no byte more.
stage('full', function(scene, socktype)
  local sock = scene:pair(socktype)
  repeat
    local n = sock:send(('x'):rep(65536))
  until not n or n == 0
  while sock:send('x') == 1 do end
  return sock
end)

stage('closed', function(scene, socktype)
  local sock = scene.open(scene.address(0, socktype or SOCK_STREAM))
  sock:close()
  return sock
end)

stage('tcp', function(scene, nonblock)
  return network.keep(scene.open(scene.address(0, SOCK_STREAM), nonblock))
end)

stage('udp', function(scene)
  return (scene:bound(SOCK_DGRAM))
end)

-- The descriptor of a file with this content.
stage('file', function(_, content)
  local path = os.tmpname()
  local file = assert(io.open(path, 'w'))
  file:write(content or '')
  file:close()
  local fd, reader = descriptors.of(function()
    return io.open(path)
  end)
  os.remove(path)
  network.keep(reader)
  return fd
end)

-- The socket of a stage, and the descriptor of a file with this content.
function scenes.with_file(on, content)
  return function(scene)
    return on(scene), scenes.file(content)(scene)
  end
end

-- A UDP socket and the address of another.
stage('udp_and_target', function(scene)
  local sock = scene:bound(SOCK_DGRAM)
  return sock, select(2, scene:bound(SOCK_DGRAM))
end)

-- A UDP socket to which a text was sent.
stage('udp_receiver', function(scene, text)
  local sock, address = scene:bound(SOCK_DGRAM)
  scene:bound(SOCK_DGRAM):sendto(text, address)
  return sock
end)

stage('listener', function(scene, nonblock)
  return (scene:listener(nonblock))
end)

-- A listener that somebody connects to.
stage('visited', function(scene, nonblock)
  local listener, address = scene:listener(nonblock)
  network.keep(scene.open(address)):connect(address)
  return listener
end)

stage('client', function(scene)
  return (scene:connection())
end)

-- The server's end of a connection over which urgent data came, at whose mark it is.
stage('at_mark', function(scene)
  local client, server = scene:connection()
  client:send('!', llsocket.MSG_OOB)
  scenes.await(server, 'recvable')
  return server
end)

-- A client whose connection was reset: the server closed before it read what was there.
stage('reset', function(scene)
  local client, server = scene:connection()
  client:send('unread')
  scenes.await(server, 'recvable')
  server:close()
  scenes.await(client, 'recvable')
  return client
end)

-- A socket, and an address where somebody listens.
stage('caller', function(scene, nonblock)
  local _, address = scene:listener()
  return network.keep(scene.open(address, nonblock)), address
end)

-- A socket, and an address where nobody listens but nobody else can.
stage('refused_caller', function(scene, nonblock)
  local _, address = scene:bound(SOCK_STREAM)
  return network.keep(scene.open(address, nonblock)), address
end)

-- A client and the address that it is connected with.
stage('connected_caller', function(scene)
  local client = scene:connection()
  return client, client:getpeername()
end)

-- A socket, and an address that another socket has.
stage('latecomer', function(scene)
  local _, address = scene:bound(SOCK_STREAM)
  return network.keep(scene.open(address)), address
end)

-- A socket, and an address with a port for the kernel to choose.
stage('newcomer', function(scene, socktype)
  local address = scene.address(0, socktype or SOCK_STREAM)
  return network.keep(scene.open(address)), address
end)

scenes.host = host

return scenes
