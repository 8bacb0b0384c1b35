-- SPDX-License-Identifier: MIT
-- Every function and method of the base API of net is called once in each mode, and what it does is seen.

local descriptors = require('descriptors')
local llsocket = require('llsocket')
local modes = require('modes')
local net = require('net')
local network = require('network')
local program = require('program')
local surface = require('net_surface')

local answer, pair, tcp, udp, keep = modes.answer, modes.pair, modes.tcp, modes.udp, network.keep
local holders, uses, toggles, takes = surface.holders, surface.uses, surface.toggles, surface.takes
local GROUP, SOURCE = '239.255.71.4', '127.0.0.2'

local Stream = uses['net.stream.Socket']

function Stream.acceptconn()
  local client, _, server = tcp()
  answer(server:acceptconn()):is(true)
  answer(client:acceptconn()):is(false)
end

for _, name in ipairs({ 'sendfile', 'sendfilesync' }) do
  Stream[name] = function()
    local a, b = pair()
    local path = program.file('0123456789')
    local file = assert(io.open(path))
    os.remove(path)
    answer(a[name](a, file, 4, 3)):is(4)
    file:close()
    answer(b:recv()):is('3456')
  end
end

local Server = uses['net.stream.Server']

function Server.listen()
  local server = keep(assert(net.stream.inet.server.new({ host = '127.0.0.1', port = '0' })))
  answer(server:listen(5)):is()
  answer(server:acceptconn()):is(true)
end

for _, name in ipairs({ 'accept', 'createConnection' }) do
  Server[name] = function()
    local _, connection = tcp()
    assert.equal(net.stream.Socket, getmetatable(connection))
    assert.equal(net.AF_INET, connection:getpeername():family())
  end
end

function Server.acceptfd()
  local server, port = modes.listener()
  keep(assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port })))
  local fd = assert(server:acceptfd())
  assert.is_true(descriptors.is_open(fd))
  answer(net.close(fd)):is()
end

uses['net.stream.inet.Server'].new = function()
  assert.is_true(modes.listener() ~= nil)
end

uses['net.stream.inet.Client'].new = function()
  answer((tcp()):send('x')):is(1)
end

uses['net.stream.inet.Client'].connect = function()
  local client, _, server = tcp()
  answer(client:connect()):is()
  assert.equal(client:getsockname():port(), keep(assert(server:accept())):getpeername():port())
end

-- Calls the function with a path where a unix stream server listens.
local function with_server(fn)
  local path = network.free_path()
  local server = keep(assert(net.stream.unix.server.new({ path = path })))
  server:listen()
  fn(path, server)
  os.remove(path)
end

uses['net.stream.unix.Server'].new = function()
  with_server(function(path, server)
    assert.equal(path, server:getsockname():addr())
  end)
end

for _, name in ipairs({ 'new', 'connect' }) do
  uses['net.stream.unix.Client'][name] = function()
    with_server(function(path, server)
      local client = keep(assert(net.stream.unix.client.new({ path = path }, name == 'new', 1000)))
      if name == 'connect' then
        answer(client:connect(1000)):is()
      end
      local connection = keep(assert(server:accept()))
      assert(connection:send('hello'))
      answer(client:recv()):is('hello')
    end)
  end
end

-- Wraps a new socket's descriptor, which is then the wrapped socket's.
local function wraps(module, family, socktype)
  return function(mode)
    local fd = assert(llsocket.socket.new(family, socktype)):unwrap()
    local sock = assert(module.wrap(fd))
    answer(sock:fd()):is(fd)
    answer(sock:isnonblock()):is(mode.is_loop)
    sock:close()
    assert.is_false(descriptors.is_open(fd))
  end
end

uses['net.stream'].wrap = wraps(net.stream, net.AF_INET, net.SOCK_STREAM)
uses['net.dgram.inet.Socket'].wrap = wraps(net.dgram.inet, net.AF_INET, net.SOCK_DGRAM)
uses['net.dgram.unix.Socket'].wrap = wraps(net.dgram.unix, net.AF_UNIX, net.SOCK_DGRAM)

for name, socktype in pairs({ stream = net.SOCK_STREAM, dgram = net.SOCK_DGRAM }) do
  uses['net.' .. name].getaddrinfoin = function()
    local ai = assert(net[name].getaddrinfoin({ host = '127.0.0.1', port = '80' }))
    assert.same({ '127.0.0.1', 80, socktype }, { ai:addr(), ai:port(), ai:socktype() })
  end

  uses['net.' .. name].getaddrinfoun = function()
    local ai = assert(net[name].getaddrinfoun({ path = '/tmp/x' }))
    assert.same({ '/tmp/x', socktype }, { ai:addr(), ai:socktype() })
  end
end

uses['net.stream.unix'].pair = function()
  local a, b = pair()
  a:send('hello')
  answer(b:recv()):is('hello')
end

local Dgram = uses['net.dgram.Socket']
Dgram.mcastloop, Dgram.broadcast = toggles(udp, 'mcastloop'), toggles(udp, 'broadcast')
Dgram.mcastttl, Dgram.mcastif = takes(udp, 'mcastttl', 3), takes(udp, 'mcastif', 'lo')

-- The second call undoes the first, so that it cannot be made twice.
local function undoes(first, second, ...)
  local arguments = { ... }
  return function()
    local sock = udp('0.0.0.0')
    local unpack = table.unpack or unpack
    if first == 'mcastblocksrc' then
      answer(sock:mcastjoin(GROUP, 'lo')):is()
    end
    answer(sock[first](sock, unpack(arguments))):is()
    answer(sock[second](sock, unpack(arguments))):is()
    assert.is_string(sock[second](sock, unpack(arguments)))
  end
end

Dgram.mcastjoin = undoes('mcastjoin', 'mcastleave', GROUP, 'lo')
Dgram.mcastleave = Dgram.mcastjoin
Dgram.mcastjoinsrc = undoes('mcastjoinsrc', 'mcastleavesrc', GROUP, SOURCE, 'lo')
Dgram.mcastleavesrc = Dgram.mcastjoinsrc
Dgram.mcastblocksrc = undoes('mcastblocksrc', 'mcastunblocksrc', GROUP, SOURCE, 'lo')
Dgram.mcastunblocksrc = Dgram.mcastblocksrc

for _, suffix in ipairs({ '', 'sync' }) do
  local function exchange()
    local a, b = udp(), udp()
    answer(a['sendto' .. suffix](a, 'hello', b:getsockname())):is(5)
    local text, ai = b['recvfrom' .. suffix](b)
    assert.same({ 'hello', a:getsockname():port() }, { text, ai:port() })
  end
  Dgram['sendto' .. suffix], Dgram['recvfrom' .. suffix] = exchange, exchange
end

uses['net.dgram.inet.Socket'].new = function()
  assert.equal(net.SOCK_DGRAM, udp():socktype())
end

uses['net.dgram.inet.Socket'].bind = function()
  assert.is_true(select(2, udp()):port() > 0)
end

uses['net.dgram.inet.Socket'].connect = function()
  local a, b = udp(), udp()
  answer(a:connect({ host = '127.0.0.1', port = b:getsockname():port() })):is()
  answer(a:send('hello')):is(5)
  answer(b:recv()):is('hello')
end

uses['net.dgram.unix.Socket'].pair = function()
  local a, b = modes.dgram_pair()
  a:send('hello')
  answer(b:recv()):is('hello')
end

for _, name in ipairs({ 'new', 'bind', 'connect' }) do
  uses['net.dgram.unix.Socket'][name] = function()
    local path = network.free_path()
    local a, b = assert(net.dgram.unix.new({ path = path })), assert(net.dgram.unix.new({ path = path }))
    answer(a:bind()):is()
    answer(b:connect()):is()
    os.remove(path)
    answer(b:send('hello')):is(5)
    answer(a:recv()):is('hello')
  end
end

for _, suffix in ipairs({ '', 'sync' }) do
  local function exchange()
    local a, b = pair()
    a['sendfd' .. suffix](a, a:fd())
    local fd = assert(b['recvfd' .. suffix](b))
    assert.is_true(descriptors.is_close_on_exec(fd))
    answer(net.close(fd)):is()
  end
  uses['net.unix.Socket']['sendfd' .. suffix], uses['net.unix.Socket']['recvfd' .. suffix] = exchange, exchange
end

function uses.net.shutdown()
  local a, b = pair()
  answer(net.shutdown(a:fd(), net.SHUT_WR)):is()
  answer(b:recv()):is()
end

function uses.net.close()
  local fd = assert(llsocket.socket.new(net.AF_INET, net.SOCK_STREAM)):unwrap()
  answer(net.close(fd)):is()
  assert.is_false(descriptors.is_open(fd))
end

modes.each(function(mode)
  for _, entry in ipairs(surface.entries) do
    local class, names = entry[1], entry[2]
    for _, name in ipairs(names) do
      mode.it(('%s of %s does what it is for'):format(name, class), function()
        local calls = modes.count_calls(holders[class], name, function()
          uses[class][name](mode)
        end)
        assert.is_true(calls > 0, 'it was not called')
      end)
    end
  end
end)
