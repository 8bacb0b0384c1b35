-- SPDX-License-Identifier: MIT
-- TLS in the event loops of others, and with hooks that wait.
local hosts = require('hosts')
local loops = require('loops')
local modes = require('modes')
local network = require('network')
local secure = require('secure')

local keep = network.keep

-- More than the buffers of a connection hold.
local LARGE = loops.pattern(2 ^ 23)

after_each(loops.assert_idle)

setup(secure.certificate)

hosts.each('TLS', function(spawn, runs, adapter)
  -- A connection: the client; the server does serve(connection) with its end in a coroutine of its own.
  local function against(serve, options)
    local server, port = secure.listener(nil, options)
    spawn(function()
      local connection = assert(server:accept())
      connection:deadlines(secure.PATIENCE, secure.PATIENCE)
      serve(connection)
      connection:close()
      server:close()
    end)
    local client = assert(secure.connect(port))
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    return client
  end

  it('suspends its own coroutine only', runs(function()
    local client = against(function(connection)
      assert.equal('question', connection:recv())
      connection:send('answer')
    end)
    assert.equal(8, client:send('question'))
    assert.equal('answer', client:recv())
    assert.is_nil(client:recv())
    client:close()
  end))

  it('sends all, whatever the buffers hold, and both ways at once', runs(function()
    local is_read = false
    local client = against(function(connection)
      spawn(function()
        assert.equal(#LARGE, connection:send(LARGE))
      end)
      assert.is_true(LARGE == modes.receive_all(connection, #LARGE))
      while not is_read do
        adapter.sleep(0.01)
      end
    end)
    spawn(function()
      assert.equal(#LARGE, client:send(LARGE))
    end)
    assert.is_true(LARGE == modes.receive_all(client, #LARGE))
    is_read = true
    assert.is_nil(client:recv())
    client:close()
  end))

  it('gives up in time and loses nothing', runs(function()
    local is_late = false
    local client = against(function(connection)
      while not is_late do
        adapter.sleep(0.01)
      end
      assert.is_true(LARGE == modes.receive_all(connection, #LARGE))
      connection:send('late')
      connection:recv()
    end)
    client:deadlines(10, 20)
    assert.same({ nil, nil, true }, { client:recv() })
    local sent, err, timeout = client:send(LARGE)
    assert.is_nil(err)
    assert.is_true(timeout)
    is_late = true
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    assert.equal(#LARGE - sent, client:send(LARGE:sub(sent + 1)))
    assert.equal('late', client:recv())
    client:close()
  end))

  it('says what is wrong with a certificate', runs(function()
    local server, port = secure.listener()
    local told
    function server.handshakeFailed(_, err)
      told = err
    end
    spawn(function()
      server:deadlines(secure.PATIENCE)
      assert(server:accept()):close()
      server:close()
    end)
    local client, err = secure.connect(port, nil, { servername = 'example.com' })
    assert.is_nil(client)
    assert.is_truthy(err:find('^%[HOSTNAME_MISMATCH:'), err)
    assert(secure.connect(port)):close()
    assert.is_truthy(told and told:find('^%[ALERT_'), told)
  end))

  it('wakes who waits when it is closed', runs(function()
    local is_over = false
    local client = against(function()
      while not is_over do
        adapter.sleep(0.01)
      end
    end)
    local err
    spawn(function()
      err = select(2, client:recv())
    end)
    adapter.sleep(0.01)
    client:close()
    adapter.sleep(0.01)
    is_over = true
    assert.is_truthy(err and err:find('ECANCELED', 1, true), err)
  end))

  it('closes in a second while the peer reads nothing', runs(function()
    local is_over = false
    local client = against(function()
      while not is_over do
        adapter.sleep(0.01)
      end
    end)
    secure.fill(client)
    local seconds = loops.seconds(client.close, client)
    is_over = true
    assert.is_true(seconds < 5, seconds)
  end))

  it('asks hooks before it waits', runs(function()
    local client = against(function(connection)
      connection:recv()
    end)
    local asked = {}
    client:onwaitrecv(function(context)
      asked[#asked + 1] = context
      return nil, 'refused'
    end, 'read')
    client:onwaitsend(function(context)
      asked[#asked + 1] = context
      return nil, nil, true
    end, 'write')
    assert.same({ nil, 'refused' }, { client:recv() })
    local sent, err, timeout = client:send(LARGE)
    assert.is_true(sent > 0 and sent < #LARGE)
    assert.is_nil(err)
    assert.is_true(timeout)
    assert.same({ 'read', 'write' }, asked)
    client.sock:close()
    client:close()
  end))
end)

modes.each(function(mode)
  mode.it('a hook is asked before a stream of TLS waits for more', function()
    local server, port = secure.listener()
    local ours, theirs = modes.pair()
    local join = mode.beside(function()
      local connection = assert(server:accept())
      theirs:recv(1)
      connection:send('by the hook')
      connection:close()
    end)
    local client = keep(assert(secure.connect(port)))
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    local asked = 0
    client:onwaitrecv(function(_, msec)
      asked = asked + 1
      assert.is_number(msec)
      ours:send('.')
      return true
    end)
    assert.equal('by the hook', client:recv())
    assert.is_nil(client:recv())
    assert.is_true(asked > 0)
    client:close()
    join()
  end)

  mode.it('a hook that refuses to wait ends a large send with what went', function()
    local server, port = secure.listener()
    local ours, theirs = modes.pair()
    local join = mode.beside(function()
      local connection = assert(server:accept())
      connection:deadlines(secure.PATIENCE, secure.PATIENCE)
      theirs:recv(1)
      assert.is_true(LARGE == modes.receive_all(connection))
      connection:close()
    end)
    local client = keep(assert(secure.connect(port)))
    local asked = 0
    client:onwaitsend(function()
      asked = asked + 1
      return nil, 'not now'
    end)
    local sent, err = client:send(LARGE)
    assert.is_true(sent ~= nil and sent > 0 and sent < #LARGE, tostring(sent))
    assert.equal('not now', err)
    assert.equal(1, asked)
    client:onwaitsend(nil)
    ours:send('.')
    assert.equal(#LARGE - sent, client:send(LARGE:sub(sent + 1)))
    client:close()
    join()
  end)
end)
