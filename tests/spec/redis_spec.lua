-- SPDX-License-Identifier: MIT
-- examples/redis.lua with a real server, and with some that answer nonsense.
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local network = require('network')
local peers = require('peers')
local program = require('program')
local redis = dofile('examples/redis.lua')

local PROGRAM = 'examples/redis.lua'
local PATIENCE = 20000 -- milliseconds

-- A server that keeps nothing; its port and the path of its unix socket.
local function new_server()
  local directory = peers.directory(true)
  local port, holder = peers.port()
  local path = directory .. '/socket'
  local peer = peers.start({
    'redis-server', '--port', port, '--bind', '127.0.0.1', '--unixsocket', path, '--dir', directory, '--save', '',
    '--appendonly', 'no', '--daemonize', 'no',
  }, { is_shared = true })
  peer:expect('ready to accept connections at')
  return { peer = peer, directory = directory, holder = holder, tcp = { host = '127.0.0.1', port = port },
    unix = { path = path } }
end

local clients = {}

-- A client that is closed at the end of the test.
local function kept(client)
  table.insert(clients, client)
  return client
end

after_each(function()
  for _, client in ipairs(clients) do
    client:close()
  end
  clients = {}
end)

-- A client of a server that has said this, and nothing else, before the client asked.
local function client_of(said, is_open)
  local server, port = modes.listener()
  local client = kept(assert(redis.connect({ host = '127.0.0.1', port = port }, PATIENCE)))
  local sock = network.keep(assert(server:accept()))
  sock:send(said)
  if not is_open then
    sock:closew()
  end
  return client, sock
end

local function assert_failed(client, expected, ...)
  local reply, err = ...
  assert.is_nil(reply)
  assert.is_truthy(tostring(err):find(expected), err)
  reply, err = client:call('PING')
  assert.is_nil(reply)
  assert.is_truthy(err:find('^%[EBADF:'), err)
end

describe('examples/redis.lua', function()
  local server

  if peers.it({ 'redis-server' }) == it then
    setup(function()
      server = new_server()
    end)

    teardown(function()
      server.peer:stop()
      peers.remove(server.directory)
      server.holder:close()
    end)
  end

  modes.each(function(mode)
    local with_server = peers.it({ 'redis-server' }, mode.it)

    for _, kind in ipairs({ 'tcp', 'unix' }) do
      local function connected(msec)
        return kept(assert(redis.connect(server[kind], msec or PATIENCE)))
      end

      local function describe_it(sentence, fn)
        with_server(sentence .. ', over ' .. kind, function()
          assert.equal('OK', connected():call('FLUSHALL'))
          fn()
        end)
      end

      describe_it('keeps strings of any bytes', function()
        local client = connected()
        local all = {}
        for i = 0, 255 do
          all[i + 1] = string.char(i)
        end
        for _, value in ipairs({ '', 'x', '\0', '\r\n', '$3\r\nabc\r\n', table.concat(all), ('\0'):rep(1000) }) do
          assert.equal('OK', client:call('SET', value, value))
          assert.equal(value, client:call('GET', value))
        end
      end)

      describe_it('keeps a string of 8 MiB', function()
        local client = connected()
        local value = loops.pattern(9973):rep(842):sub(1, 8 * 1024 * 1024)
        assert.equal('OK', client:call('SET', 'big', value))
        assert.equal(#value, client:call('STRLEN', 'big'))
        assert.is_true(client:call('GET', 'big') == value)
      end)

      describe_it('sends 1,000 commands at once', function()
        local client, commands = connected(), {}
        for i = 1, 1000 do
          commands[i] = i % 10 == 0 and { 'LPUSH', 'n', 'x' } or { 'INCR', 'n' }
        end
        local replies, increments = assert(client:pipeline(commands)), 0
        assert.equal(1000, #replies)
        for i = 1, 1000 do
          if i % 10 == 0 then
            assert.is_true(redis.is_error(replies[i]))
          else
            increments = increments + 1
            assert.equal(increments, replies[i])
          end
        end
        assert.same({}, client:pipeline({}))
        assert.equal('900', client:call('GET', 'n'))
      end)

      describe_it('gives errors, nothing, and lists in lists as values', function()
        local client = connected()
        local reply = client:call('NONSENSE')
        assert.is_true(redis.is_error(reply))
        assert.truthy(tostring(reply):find('^%(error%) ERR unknown command'))
        assert.equal(redis.null, client:call('GET', 'none'))
        assert.same({}, client:call('LRANGE', 'none', 0, -1))
        assert.same(
          { 1, { 'two', redis.null, { -3, {} } }, 'four' },
          client:call('EVAL', 'return { 1, { "two", false, { -3, {} } }, "four" }', 0)
        )
        assert.equal('PONG', client:call('PING'))
      end)

      describe_it('gives up when the time is over, and is closed then', function()
        local client = connected()
        client:limit(50)
        local reply, err, timeout = client:call('BLPOP', 'nothing', 0)
        assert.same({ nil, 'no answer in time', true }, { reply, err, timeout })
        assert_failed(client, 'EBADF', client:call('PING'))
        assert.equal(1, connected():call('LPUSH', 'nothing', 'something')) -- and nobody takes it
        assert.equal(1, connected():call('LLEN', 'nothing'))
      end)

      describe_it('waits as long as the limit allows', function()
        local client = connected(1000)
        assert.equal('PONG', client:call('PING'))
        client:limit()
        assert.same({}, { client.sock:deadlines() })
        local finish = mode.beside(function()
          local other = connected()
          local blocked
          repeat
            blocked = other:call('CLIENT', 'LIST'):find('cmd=blpop', 1, true)
          until blocked
          assert.equal(1, other:call('LPUSH', 'list', 'here'))
        end)
        assert.same({ 'list', 'here' }, client:call('BLPOP', 'list', 0))
        finish()
      end)

      describe_it('receives what is published', function()
        local client, other = connected(), connected()
        assert.same({ 'subscribe', 'news', 1 }, client:call('SUBSCRIBE', 'news'))
        for _, text in ipairs({ 'one', 'two' }) do
          assert.equal(1, other:call('PUBLISH', 'news', text))
          assert.same({ 'message', 'news', text }, client:receive())
        end
      end)

      describe_it('tells when the server ends the connection', function()
        local client, other = connected(), connected()
        local id = client:call('CLIENT', 'ID')
        assert.equal(1, other:call('CLIENT', 'KILL', 'ID', id))
        assert_failed(client, 'has gone', client:call('PING'))
      end)

      if mode.is_loop then
        describe_it('serves 50 tasks at once', function()
          local tasks = {}
          for i = 1, 50 do
            tasks[i] = loop.spawn(function()
              local client = connected()
              local key, value = 'key ' .. i, ('value %d '):format(i):rep(1000)
              for _ = 1, 5 do
                assert.equal('OK', client:call('SET', key, value))
                local replies = client:pipeline({ { 'GET', key }, { 'INCR', 'all' }, { 'STRLEN', key } })
                assert.is_true(replies[1] == value)
                assert.equal(#value, replies[3])
              end
              client:close()
            end)
          end
          for _, each in ipairs(tasks) do
            assert(each:join())
          end
          assert.equal('250', connected():call('GET', 'all'))
        end)

        describe_it('is not used after a call whose task was cancelled', function()
          local client = connected()
          local calling = loop.spawn(client.call, client, 'BLPOP', 'nothing', 0)
          loops.settle()
          calling:cancel()
          assert.is_false((calling:join()))
          assert_failed(client, 'did not come to its end', client:call('PING'))
        end)
      end
    end

    for said, expected in pairs({
      ['?\r\n'] = '^no reply: %?',
      ['\r\n'] = '^no reply: ',
      [':x\r\n'] = '^no integer: x',
      [':\r\n'] = '^no integer: ',
      ['$x\r\n'] = '^no length, or too much: x',
      ['$-2\r\n'] = '^no length, or too much: ',
      ['$536870913\r\n'] = '^no length, or too much: ',
      ['*1048577\r\n'] = '^no length, or too much: ',
      ['$3\r\nabcde'] = '^no end of a string',
      ['$3\r\nab'] = 'EBADMSG',
      ['*2\r\n+one\r\n'] = 'has gone',
      [''] = 'has gone',
      [('*1\r\n'):rep(100)] = '^lists in lists, too deep',
      ['+' .. ('x'):rep(70000)] = 'EMSGSIZE',
    }) do
      mode.it(('takes no nonsense such as %q'):format(said:sub(1, 12)), function()
        local client = client_of(said)
        assert_failed(client, expected, client:call('PING'))
      end)
    end

    mode.it('has one limit for all parts of a reply, however fast they come', function()
      local client, sock = client_of('*1000000\r\n', true)
      client.sock:onwaitrecv(function()
        return sock:send('+x\r\n') == 4
      end)
      client:limit(20)
      assert_failed(client, 'no answer in time', client:call('PING'))
    end)
  end)

  local with_server = peers.it({ 'redis-server' })

  with_server('prints replies', function()
    for _, where in ipairs({ { '-h', '127.0.0.1', '-p', server.tcp.port }, { '-s', server.unix.path, '-t', 20 } }) do
      local function run(...)
        local words = { where[1], where[2], where[3], where[4], ... }
        return { program.run(PROGRAM, words) }
      end
      assert.same({ 'OK\n', 0 }, run('FLUSHALL'))
      assert.same({ '(nil)\n', 0 }, run('GET', 'none'))
      assert.same({ '2\n', 0 }, run('RPUSH', 'list', 'a', 'b'))
      assert.same({ '1) a\n2) b\n', 0 }, run('LRANGE', 'list', '0', '-1'))
      assert.same({ '(empty list)\n', 0 }, run('KEYS', 'none'))
      assert.same({ '1) 1\n2) 1) x\n   2) (nil)\n', 0 }, run('EVAL', 'return { 1, { "x", false } }', '0'))
      local wrong = '(error) WRONGTYPE Operation against a key holding the wrong kind of value\n'
      assert.same({ wrong, 1 }, run('GET', 'list'))
    end
  end)

  it('says what is wrong with its arguments', function()
    local usage = 'usage: redis.lua [-h HOST] [-p PORT] [-s PATH] [-t SECONDS] COMMAND ARGS...\n'
    for _, arguments in ipairs({
      {}, { '-p' }, { '-p', 'x', 'PING' }, { '-p', -1, 'PING' }, { '-p', 65536, 'PING' }, { '-t', 'x', 'PING' },
      { '-t', -1, 'PING' }, { '-h', 'localhost' },
    }) do
      assert.same({ usage, 2 }, { program.run(PROGRAM, arguments) })
    end
    local port, holder = peers.port()
    local text, status = program.run(PROGRAM, { '-p', port, 'PING' })
    holder:close()
    assert.equal(1, status)
    assert.truthy(text:find('^redis: %[ECONNREFUSED:'), text)
  end)
end)
