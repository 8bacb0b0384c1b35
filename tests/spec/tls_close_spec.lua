-- SPDX-License-Identifier: MIT
-- Streams of TLS that are closed, or whose calls end, in the middle of things.
local finalizable = require('finalizable')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local network = require('network')
local secure = require('secure')

local answer, keep, task = modes.answer, network.keep, loops.task

-- More than the buffers of a connection hold.
local LARGE = loops.pattern(2 ^ 24)
local SHORT = 20 -- milliseconds

after_each(loops.assert_idle)

setup(secure.certificate)

modes.each(function(mode)
  local it = mode.it

  -- A client, whose server does serve(connection, wait) with its connection, where wait() ends when the test calls
  -- go(); go(), and a function that waits for the end of that.
  local function against(serve)
    local server, port = secure.listener()
    local ours, theirs = modes.pair()
    local join = mode.beside(function()
      local connection = assert(server:accept())
      connection:deadlines(secure.PATIENCE, secure.PATIENCE)
      serve(connection, function()
        assert.equal('.', theirs:recv(1))
      end)
      connection.sock:close()
    end)
    local client = keep(assert(secure.connect(port)))
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    return client, function()
      ours:send('.')
    end, function()
      join()
      server:close()
    end
  end

  local function deaf(_, wait)
    wait()
  end

  for _, name in ipairs({ 'close', 'closew' }) do
    it(name .. '() takes no longer than a second or little more while the peer reads nothing', function()
      local client, go, join = against(deaf)
      secure.fill(client)
      local seconds = loops.seconds(client[name], client)
      assert.is_true(seconds < 5, seconds)
      client:close()
      go()
      join()
    end)
  end

  it('close() does not wait for the peer to say the same', function()
    local client, go, join = against(deaf)
    client:send('x')
    local seconds = loops.seconds(client.close, client)
    assert.is_true(seconds < 0.5, seconds)
    go()
    join()
  end)

  for _, name in ipairs({ 'readline', 'readn', 'readuntil' }) do
    it(name .. '() tells bytes that are missing from the end', function()
      local ends = { readn = 100, readuntil = '\r\n' }
      local client, _, join = against(function(connection)
        connection:send('a part')
      end)
      local read, err = client[name](client, ends[name])
      assert.is_nil(read)
      assert.is_string(err)
      assert.equal('TLS_TRUNCATED', err:match('^%[([%u_]+):'), err)
      local sent, refusal = client:send('x')
      assert.is_nil(sent)
      assert.is_truthy(refusal:find('^%[TLS_TRUNCATED:%d+%]%[send%] '), refusal)
      client:close()
      join()
    end)
  end

  -- Sends all by calls of send(client, sent), each of which gives up soon; go() has the peer read.
  local function send_in_parts(client, go, send)
    client:deadlines(secure.PATIENCE, SHORT)
    local sent, timeouts = 0, 0
    while sent < #LARGE do
      local n, err, timeout = send(client, sent)
      assert(n, err)
      sent = sent + n
      assert.is_true(timeout or sent == #LARGE)
      if timeout then
        timeouts = timeouts + 1
      end
      if timeouts == 2 then
        go()
      end
    end
    assert.is_true(timeouts >= 2)
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    client:close()
  end

  local function receives_large(connection, wait)
    wait()
    assert.is_true(LARGE == modes.receive_all(connection))
    answer(connection:recv()):is() -- an end
  end

  it('send() whose deadline passes counts what went, no less and no more', function()
    local client, go, join = against(receives_large)
    send_in_parts(client, go, function(sock, sent)
      return sock:send(LARGE:sub(sent + 1))
    end)
    join()
  end)

  it('sendfile() whose deadline passes counts what went, no less and no more', function()
    local file = modes.file_of(LARGE)
    local client, go, join = against(receives_large)
    send_in_parts(client, go, function(sock, sent)
      return sock:sendfile(file, #LARGE - sent, sent)
    end)
    join()
  end)

  it('send() of nothing waits for what an earlier call could not wait for', function()
    local client, go, join = against(function(connection, wait)
      wait()
      connection:send(tostring(#modes.receive_all(connection)))
    end)
    local record = LARGE:sub(1, 2 ^ 14)
    client:deadlines(secure.PATIENCE, SHORT)
    local sent, timeout = 0, nil
    while not timeout do
      local n, _
      n, _, timeout = client:send(record)
      sent = sent + n
    end
    assert.equal(0, sent % #record) -- the engine has all of the last one, and the socket a part
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    go()
    answer(client:send('')):is(0)
    assert.is_nil(client:closew())
    assert.equal(sent, tonumber(client:recv()))
    client:close()
    join()
  end)

  it('send() to a peer that closes ends', function()
    local client, go, join = against(function(connection, wait)
      wait()
      connection.sock:linger(0)
    end)
    secure.fill(client)
    go()
    local n, err, timeout = client:send(LARGE)
    assert.is_nil(timeout)
    assert.is_true(n == nil or n < #LARGE, tostring(err))
    assert.is_nil((client:send('x')))
    client:close()
    join()
  end)
end)

it('What a finalizer finds of a connection whose session is collected already is closed', task(function()
  local server, port = secure.listener()
  local accepting = loop.spawn(server.accept, server)
  local found
  local function lose_client()
    local holder = {}
    holder.finalized = finalizable(function() -- last, since it is older than what it holds
      found = holder.client
    end)
    holder.client = assert(secure.connect(port))
  end
  lose_client()
  loops.collect()
  assert.is_table(found)
  answer(found:recv()):fails('EBADF', 'recv')
  answer(found:recv(0)):fails('EBADF', 'recv')
  answer(found:send('x')):fails('EBADF', 'send')
  answer(found:sendfile(modes.file_of('x'), 1)):fails('EBADF', 'sendfile')
  accepting:cancel()
  server:close()
end))

describe('Inside net.loop,', function()
  local function assert_waits(waiting)
    loops.settle()
    assert.equal('waiting', waiting:status())
  end

  for _, name in ipairs({ 'recv', 'recvsync', 'readline' }) do
    it('close() ends ' .. name .. '() of another task with ECANCELED', task(function()
      local client = secure.pair()
      local reader = loop.spawn(function()
        answer(client[name](client)):fails('ECANCELED')
      end)
      assert_waits(reader)
      client:close()
      assert.is_true((reader:join(20)))
      answer(client:recv()):fails('EBADF')
    end))
  end

  for _, name in ipairs({ 'send', 'sendsync', 'sendfile' }) do
    it('close() ends ' .. name .. '() of another task with ECANCELED', task(function()
      local client, connection = secure.pair()
      local file = modes.file_of(LARGE)
      secure.fill(client)
      local writer = loop.spawn(function()
        local n, err = client[name](client, name == 'sendfile' and file or LARGE, #LARGE)
        assert.is_true(n == nil or n < #LARGE)
        assert.equal('ECANCELED', err:match('^%[(%u+):'), err)
      end)
      assert_waits(writer)
      local seconds = loops.seconds(client.close, client)
      assert.is_true(seconds < 5, seconds)
      assert.is_true((writer:join(20)))
      connection:close()
    end))
  end

  it('send() of a task that is cancelled sends a part, and others go on behind it', task(function()
    local client, connection = secure.pair()
    local writer = loop.spawn(client.send, client, LARGE)
    assert_waits(writer)
    assert.is_true(writer:cancel())
    assert.is_false((writer:join(20)))
    local reader = loop.spawn(modes.receive_all, connection)
    assert.equal(4, client:send('|end'))
    assert.is_nil(client:closew())
    local ok, received = reader:join()
    assert.is_true(ok, received)
    local part = #received - 4
    assert.is_true(part > 0 and part < #LARGE, part)
    assert.is_true(LARGE:sub(1, part) .. '|end' == received)
    client:close()
    connection:close()
  end))

  it('recv() of a task that is cancelled loses nothing', task(function()
    local client, connection = secure.pair()
    local reader = loop.spawn(client.recv, client)
    assert_waits(reader)
    connection:send('kept')
    reader:cancel()
    reader:join(20)
    assert.equal('kept', client:recv())
    client:close()
    connection:close()
  end))
end)
