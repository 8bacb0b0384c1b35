-- SPDX-License-Identifier: MIT
-- Nothing gets past TLS: not while it begins or ends, and not after it failed. And no handshake stands in the way of
-- others for good.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')
local network = require('network')
local secure = require('secure')

local answer, keep, task = modes.answer, network.keep, loops.task
local SECRET = 'plain text'

after_each(loops.assert_idle)

setup(secure.certificate)

-- A client and the socket of a server that knows nothing of TLS.
local function plain_pair()
  local server, port = modes.listener()
  local accepted = loop.spawn(server.accept, server)
  local client = keep(modes.client(port))
  local _, peer = accepted:join()
  client:deadlines(secure.PATIENCE, secure.PATIENCE)
  peer:deadlines(secure.PATIENCE, secure.PATIENCE)
  server:close()
  return client, keep(peer)
end

-- All that came at the other end had nothing of the secret in it.
local function assert_heard_nothing(peer)
  local heard = {}
  local bytes = peer:recv()
  while bytes do
    heard[#heard + 1] = bytes
    bytes = peer:recv()
  end
  assert.is_nil(table.concat(heard):find(SECRET, 1, true))
end

describe('TLS', function()
  it('that cannot begin closes the stream', task(function()
    local client, peer = plain_pair()
    peer:send('no TLS here\r\n')
    local ok, err = client:starttls(secure.client_config(), { servername = 'localhost' })
    assert.is_nil(ok)
    assert.is_string(err)
    assert.equal(-1, client:fd())
    answer(client:send(SECRET)):fails('EBADF', 'send')
    assert_heard_nothing(peer)
  end))

  it('that is cancelled while it begins closes the stream', task(function()
    local client, peer = plain_pair()
    local starting = loop.spawn(client.starttls, client, secure.client_config(), { servername = 'localhost' })
    loops.settle()
    starting:cancel()
    assert.is_false((starting:join()))
    assert.equal(-1, client:fd())
    assert_heard_nothing(peer)
  end))

  it('refuses what other tasks send while it begins', task(function()
    local client, peer = plain_pair()
    local starting = loop.spawn(client.starttls, client, secure.client_config(), { servername = 'localhost' })
    loops.settle()
    local sent, err = client:send(SECRET)
    assert.is_nil(sent)
    assert.is_string(err)
    peer:closew()
    starting:join()
    client:close()
    assert_heard_nothing(peer)
  end))

  it('stays until close() has closed the socket, also when that is cancelled', task(function()
    local client, connection, server = secure.pair()
    secure.fill(client)
    local closing = loop.spawn(client.close, client)
    loops.settle()
    client:send(SECRET)
    closing:cancel() -- if it still waits: the kernel may take a little more than before
    closing:join()
    assert.equal(-1, client:fd())
    assert.is_nil(client:tls())
    local raw = net.stream.wrap(connection.sock:unwrap())
    raw:deadlines(secure.PATIENCE)
    assert_heard_nothing(raw)
    raw:close()
    server:close()
  end))

  it('takes no policy for unread bytes but those that there are', task(function()
    local client, peer = plain_pair()
    assert.has_error(function()
      client:starttls(secure.client_config(), { unread = 'fed' })
    end, "bad argument #2 to 'starttls' (field 'unread': 'refuse' or 'feed' expected)")
    client:send('still plain')
    assert.equal('still plain', peer:recv())
  end))
end)

describe('a server with TLS', function()
  it('accepts others after handshakeFailed() raised an error', task(function()
    local server, port = secure.listener()
    local reported = 0
    loop.onerror(function()
      reported = reported + 1
    end)
    function server:handshakeFailed() -- luacheck: no self
      error('a fault of the program')
    end
    local accepted = loop.spawn(server.accept, server)
    local stranger = keep(modes.client(port))
    stranger:send('GET / HTTP/1.0\r\n\r\n')
    stranger:recv()
    local client = keep(assert(secure.connect(port)))
    local ok, connection = accepted:join()
    assert.is_true(ok)
    assert.equal(1, reported)
    loop.onerror(nil)
    connection:close()
    client:close()
    server:close()
  end))

  it('ends the oldest of too many handshakes for another', task(function()
    local server, port = secure.listener()
    local told = {}
    function server.handshakeFailed(_, err)
      told[#told + 1] = err
    end
    local accepted = loop.spawn(server.accept, server)
    local silent = {}
    for i = 1, 512 do
      silent[i] = modes.client(port)
      loops.settle()
    end
    local client = assert(secure.connect(port))
    assert.is_true((accepted:join()))
    silent[1]:deadlines(secure.PATIENCE)
    assert.is_nil((silent[1]:recv()))
    assert.equal(1, #told)
    assert.truthy(told[1]:find('^%[ECANCELED:'), told[1])
    client:close()
    server:close()
    for _, each in ipairs(silent) do
      each:close()
    end
    loops.settle()
    assert.equal(512, #told)
  end))

  it('ends handshakes when it is closed', task(function()
    local server, port = secure.listener()
    local accepted = loop.spawn(server.accept, server)
    local silent = keep(modes.client(port))
    loops.settle()
    server:close()
    accepted:join()
    silent:deadlines(secure.PATIENCE)
    assert.is_nil((silent:recv()))
    silent:close()
  end))

  it('changes its configuration to another one only', task(function()
    local server = secure.listener()
    modes.refuses(server, 'tlsconfig', {}, 1, 'net.tls.config expected, got nil')
    modes.refuses(server, 'tlsconfig', { 1 }, 1, 'net.tls.config expected, got number')
    server:close()
  end))
end)
