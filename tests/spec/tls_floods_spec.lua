-- SPDX-License-Identifier: MIT
-- Peers that ask for what they should not, and for much of it. Some are programs of Python that call OpenSSL.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local network = require('network')
local peers = require('peers')
local puppet = require('puppet')
local secure = require('secure')

local answer, keep = modes.answer, network.keep

after_each(loops.assert_idle)

setup(secure.certificate)

-- More than any of this may take. Sanitizers keep what was freed for a while.
local MEGABYTES = loops.has_sanitizer and 512 or 16

-- Megabytes of memory that this process has.
local function memory()
  local pages = peers.read('/proc/self/statm'):match('^%d+ (%d+)')
  return tonumber(pages) * 4096 / 2 ^ 20
end

local function assert_small(call)
  local before = memory()
  call()
  local grown = memory() - before
  assert.is_true(grown < MEGABYTES, ('%.1f MB more'):format(grown))
end

-- What goes before, or into, a handshake again and again.
local floods = {
  ['empty records'] = '\22\3\1\0\0',
  ['empty records of alerts'] = '\21\3\3\0\0',
  ['warnings'] = '\21\3\3\0\2\1\90',
  ['changes of the cipher'] = '\20\3\3\0\1\1',
  ['records of one byte'] = '\22\3\1\0\1\1',
  ['hello requests'] = '\22\3\3\0\4\0\0\0\0',
}

local SIZE = 64000000 -- bytes: much more than may be kept

-- Sends a flood after `begin`, until the other end has enough, or the flood is over.
local function pour(sock, begin, flood)
  sock:deadlines(secure.PATIENCE, secure.PATIENCE)
  local chunk = flood:rep(math.floor(65536 / #flood))
  assert.equal(#begin, sock:send(begin))
  for _ = 1, SIZE / #chunk do
    if sock:send(chunk) ~= #chunk then
      break
    end
  end
  sock:closew()
  repeat
    local bytes = sock:recv()
  until not bytes
  sock:close()
end

modes.each(function(mode)
  for what, flood in pairs(floods) do
    mode.it('a server gets rid of a client with a flood of ' .. what, function()
      local hello = puppet.client():flight()
      for _, begin in ipairs({ '', hello, hello:sub(1, 20) }) do
        local server, port = secure.listener()
        local told = {}
        function server.handshakeFailed(_, err)
          table.insert(told, err:match('^%[([%u_]+):'))
        end
        local join = mode.beside(function()
          pour(modes.client(port), begin, flood)
          assert(secure.connect(port)):close()
        end)
        assert_small(function()
          assert(server:accept()):close()
        end)
        join()
        assert.equal(1, #told)
        assert.is_true(told[1] == 'TLS_PROTOCOL' or told[1] == 'TLS_TRUNCATED', told[1])
        server:close()
      end
    end)
  end
end)

-- A client of OpenSSL: port, path of the authority, version, what it does to the connection.
local client = [=[
import ctypes, ctypes.util, socket, sys, time
ssl = ctypes.CDLL(ctypes.util.find_library("ssl"))
for name in ("TLS_client_method", "SSL_CTX_new", "SSL_new"):
    getattr(ssl, name).restype = ctypes.c_void_p
plain = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
context = ctypes.c_void_p(ssl.SSL_CTX_new(ctypes.c_void_p(ssl.TLS_client_method())))
version = ctypes.c_long({"tlsv1.2": 0x0303, "tlsv1.3": 0x0304}[sys.argv[2]])
ssl.SSL_CTX_ctrl(context, 124, version, None)
connection = ctypes.c_void_p(ssl.SSL_new(context))
ssl.SSL_set_fd(connection, plain.fileno())
assert ssl.SSL_connect(connection) == 1
def write(text):
    assert ssl.SSL_write(connection, text, len(text)) == len(text)
def update(asks):
    assert ssl.SSL_key_update(connection, asks) == 1
    assert ssl.SSL_do_handshake(connection) == 1
]=]

-- Calls serve(connection, peer) with the server's end of the connection of a client that runs this text.
local function with_client(version, text, serve)
  loops.run(function()
    local server, port = secure.listener()
    local peer = peers.start({ 'python3', '-c', client .. text, port, version })
    local connection = keep(assert(server:accept()))
    connection:deadlines(secure.PATIENCE, secure.PATIENCE)
    serve(connection, peer)
    connection:close()
    server:close()
  end)
end

peers.it({ 'python3' })('keys that a client changes again and again do not hold up others', function()
  with_client('tlsv1.3', [[
plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
for i in range(1500):
    update(0)
write(b"after")
plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)
print("sent", flush=True)
]], function(connection, peer)
    peer:expect('^sent$')
    local counting, turns = loops.count_turns()
    assert.equal('after', connection:recv(5))
    counting:cancel()
    assert.is_true(turns() >= 2, turns())
    answer(connection:recv()):fails('TLS_TRUNCATED')
  end)
end)

peers.it({ 'python3' })('answers that a client asks for and does not read stay few', function()
  with_client('tlsv1.3', [[
for i in range(50000):
    update(1)
write(b"after")
time.sleep(30) # what it has not read would reset the connection at its end
]], function(connection, peer)
    assert_small(function()
      assert.equal('after', connection:recv())
    end)
    peer:stop()
  end)
end)

peers.it({ 'openssl' })('a renegotiation that openssl s_client asks for is refused, and harms nobody else', function()
  local fifo = peers.directory() .. '/input'
  assert(select(2, peers.run({ 'mkfifo', fifo })) == 0)
  loops.run(function()
    local server, port = secure.listener(secure.server_config({ set_protocols = 'tlsv1.2' }))
    local peer = peers.start({ 'openssl', 's_client', '-connect', '127.0.0.1:' .. port, '-CAfile',
      secure.authority().cert }, { input = '<' .. fifo })
    local input = assert(io.open(fifo, 'w'))
    input:setvbuf('no')
    local connection = keep(assert(server:accept()))
    connection:deadlines(secure.PATIENCE, secure.PATIENCE)
    peer:expect('^    Verify return code: 0')
    input:write('before\n')
    assert.equal('before', connection:readline())
    input:write('R\n')
    peer:expect('^RENEGOTIATING')
    local received, err = connection:recv()
    assert.is_nil(received)
    assert.is_true(err == nil or err:find('^%[[%u_]+:') ~= nil, err)
    connection:close()
    peer:expect('no renegotiation')
    input:close()
    local accepting = loop.spawn(server.accept, server)
    local other = assert(secure.connect(port))
    local _, another = accepting:join()
    another:send('served')
    assert.equal('served', other:recv())
    other:close()
    another:close()
    server:close()
  end)
end)
