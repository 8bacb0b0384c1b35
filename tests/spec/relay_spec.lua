-- SPDX-License-Identifier: MIT
-- examples/relay.lua between curl, socat or sockets of our own, and nginx, socat or sockets of our own.
local hostile = require('hostile')
local llsocket = require('llsocket')
local loops = require('loops')
local network = require('network')
local peers = require('peers')
local program = require('program')

local RELAY = 'examples/relay.lua'
local SHUT_WR = llsocket.SHUT_WR
local loopback = network.loopbacks[1]
local connected = hostile.client

-- A relay with these arguments, and the port that it tells.
local function relay(...)
  local peer = peers.lua(RELAY, { ... })
  local port = peer:expect('^listening at 127%.0%.0%.1:(%d+)$')
  return peer, tonumber(port)
end

-- An upstream of our own: a listener, and its name.
local function upstream(backlog)
  local listener, address = network.listener(loopback, backlog)
  return listener, '127.0.0.1:' .. address:port()
end

-- The next connection to an upstream that brings something: the bytes come with it. Checks bring nothing.
local function accepted(listener)
  while true do
    local sock = assert(listener:accept())
    sock:rcvtimeo(20)
    local bytes = sock:recv()
    if bytes then
      return network.keep(sock), bytes
    end
  end
end

-- A client of the relay and the connection that an upstream has for it.
local function through(port, listener)
  local client = connected(port)
  assert(client:send('x'))
  return client, (accepted(listener))
end

-- Ends a connection; the relay knows of that when it returns.
local function finish(client, server)
  client:shutdown(SHUT_WR)
  assert.is_nil(server:recv())
  server:close()
  assert.is_nil(client:recv())
end

local function assert_reset(sock)
  local bytes, err = sock:recv()
  assert.is_nil(bytes)
  assert.equal('ECONNRESET', err and err.name)
end

local function assert_ends(peer)
  local how, status, rest = peer:wait()
  assert.same({ 'exited', 0 }, { how, status }, rest)
end

local CONFIGURATION = [[
daemon off;
master_process off;
pid nginx.pid;
error_log stderr notice;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {
    listen 127.0.0.1:%d;
    root %s;
    client_max_body_size 0;
    add_header X-Upstream %d always;
    location /slow/ { limit_rate 100k; }
    location /put/ { dav_methods PUT; create_full_put_path on; }
  }
}
]]

-- A server of this number for the files in `root`, which can be started again at its port.
local function new_nginx(number, root)
  local port, holder = peers.port()
  local nginx = { name = '127.0.0.1:' .. port, directory = peers.directory(), holder = holder }
  peers.write(nginx.directory .. '/nginx.conf', CONFIGURATION:format(port, root, number))
  function nginx.start()
    nginx.peer = peers.start({ 'nginx', '-p', nginx.directory, '-c', 'nginx.conf' })
    nginx.peer:expect('getrlimit')
  end
  nginx.start()
  return nginx
end

local function nginxes(count)
  local root, list = peers.directory(), {}
  os.execute('chmod 755 ' .. program.quoted(root))
  for i = 1, count do
    list[i] = new_nginx(i, root)
  end
  return list, root
end

-- Fetches a path so many times, each over a connection of its own. Returns how often each upstream answered.
local function fetch(port, path, count, output)
  local format = '%{http_code} %header{x-upstream}\n'
  local words = { 'curl', '-sS', '--max-time', '20', '-H', 'Connection: close', '-w', format }
  for _ = 1, count do
    table.insert(words, '-o')
    table.insert(words, output or '/dev/null')
    table.insert(words, ('http://127.0.0.1:%d/%s'):format(port, path))
  end
  local text, status = peers.run(words)
  assert.equal(0, status)
  local counts, total = {}, 0
  for number in text:gmatch('200 (%d+)\n') do
    counts[tonumber(number)] = (counts[tonumber(number)] or 0) + 1
    total = total + 1
  end
  assert.equal(count, total, text)
  return counts
end

local with_nginx = peers.it({ 'nginx', 'curl' })
local with_socat = peers.it({ 'socat' })

describe('examples/relay.lua', function()
  for _, options in ipairs({ { '--idle', 300 }, { '--idle', 0 } }) do
    local how = table.concat(options, ' ')

    with_nginx('passes files on as they are, in both directions, with ' .. how, function()
      local list, root = nginxes(1)
      local text = loops.pattern(9973):rep(300)
      peers.write(root .. '/big', text)
      local _, port = relay(options[1], options[2], list[1].name)
      local copy = root .. '/copy'
      fetch(port, 'big', 1, copy)
      assert.is_true(text == peers.read(copy), 'the copy differs')
      local _, status = peers.run({ 'curl', '-sSf', '-T', copy, ('http://127.0.0.1:%d/put/big'):format(port) })
      assert.equal(0, status)
      assert.is_true(text == peers.read(root .. '/put/big'), 'what was sent differs')
    end)

    with_socat('passes the end of a stream on, with ' .. how, function()
      local sorting = peers.start({ 'socat', '-d', '-d', 'TCP-LISTEN:0,bind=127.0.0.1,fork', 'SYSTEM:sort' })
      local name = sorting:expect('listening on AF=2 (%S+)')
      local _, port = relay(options[1], options[2], name)
      local client = connected(port)
      assert(client:send('b\nc\na\n'))
      assert(client:shutdown(SHUT_WR))
      assert.equal('a\nb\nc\n', network.receive_all(client))
    end)

    it('lets a client go on that hears no more, with ' .. how, function()
      local listener, name = upstream()
      local _, port = relay(options[1], options[2], name)
      local client, server = through(port, listener)
      assert(server:send('all'))
      assert(server:shutdown(SHUT_WR))
      assert.equal('all', network.receive_all(client))
      for _, text in ipairs({ 'one', 'two' }) do
        assert(client:send(text))
        assert.equal(text, server:recv())
      end
      assert(client:shutdown(SHUT_WR))
      assert.is_nil(server:recv())
    end)

    it('passes a reset on, which no end of a stream looks like, with ' .. how, function()
      local listener, name = upstream()
      local _, port = relay(options[1], options[2], name)
      local client, server = through(port, listener)
      hostile.reset(server)
      assert_reset(client)
      client, server = through(port, listener)
      hostile.reset(client)
      assert_reset(server)
    end)
  end

  with_nginx('spreads connections over upstreams', function()
    local list, root = nginxes(3)
    peers.write(root .. '/small', 'small')
    local _, port = relay(list[1].name, list[2].name, list[3].name)
    local counts = fetch(port, 'small', 12)
    for i = 1, 3 do -- 4 each, unless the relay learns late that a connection has ended
      assert.is_true((counts[i] or 0) >= 2)
    end
  end)

  it('prefers the upstream with the fewest connections', function()
    local one, name = upstream()
    local other, other_name = upstream()
    local _, port = relay('--check', 1000, name, other_name)
    local first = { through(port, one) }
    through(port, other)
    local third = { through(port, one) }
    finish(first[1], first[2])
    finish(third[1], third[2])
    for _, expected in ipairs({ one, other, one }) do
      through(port, expected)
    end
  end)

  with_nginx('does without an upstream that is killed while in use, until it comes back', function()
    local list, root = nginxes(2)
    peers.write(root .. '/small', 'small')
    os.execute('mkdir ' .. program.quoted(root .. '/slow'))
    peers.write(root .. '/slow/big', ('x'):rep(5000000))
    local running, port = relay('--check', 0.02, list[1].name, list[2].name)
    local clients = {}
    for i = 1, 2 do -- one at each upstream
      clients[i] = connected(port)
      clients[i]:send('GET /slow/big HTTP/1.0\r\n\r\n')
      assert.truthy(clients[i]:recv())
    end
    list[1].peer:stop()
    running:expect('^' .. list[1].name .. ' is down: %[ECONNREFUSED')
    assert.same({ [2] = 6 }, fetch(port, 'small', 6))
    list[1].start()
    running:expect('^' .. list[1].name .. ' is up$')
    assert.is_number(fetch(port, 'small', 6)[1])
  end)

  it('tries the next upstream before a client learns that one has failed', function()
    local one, name = upstream()
    local other, other_name = upstream()
    local running, port = relay('--check', 1000, name, other_name)
    finish(through(port, one))
    one:close()
    for _ = 1, 3 do
      local client, server = through(port, other)
      server:send('welcome')
      assert.equal('welcome', client:recv())
    end
    running:signal('SIGUSR1')
    running:expect(name .. ' is down: %[ECONNREFUSED')
    running:expect(name .. ' down 0 1 1 1 0$') -- it was not tried again
    running:expect(other_name .. ' up 3 3 0 3 21$')
  end)

  it('resets a client that no upstream takes, and tries upstreams that are down before', function()
    local gone, holder = peers.port()
    local running, port = relay('--check', 1000, '127.0.0.1:' .. gone)
    running:expect('is down')
    assert_reset(connected(port))
    local listener = network.keep(assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)))
    assert(listener:reuseaddr(true) ~= nil)
    assert(listener:bind(llsocket.addrinfo.inet('127.0.0.1', gone)))
    assert(listener:listen())
    through(port, listener)
    running:expect('is up')
    holder:close()
  end)

  it('cuts a connection on which nothing moves', function()
    local listener, name = upstream()
    local _, port = relay('--idle', 0.1, name)
    local client, server = through(port, listener)
    assert_reset(client)
    assert_reset(server)
  end)

  -- Whether a connection lives longer than the limit, which is 300 milliseconds, if bytes go in one direction only.
  local function survives(port, listener)
    local client, server = through(port, listener)
    for _ = 1, 7 do
      server:send('x')
      if not client:recv() then
        return false
      end
      client:recvable(60) -- a pause: nothing comes
    end
    return client:send('y') == 1 and server:recv() == 'y'
  end

  it('does not cut a connection on which bytes move in one direction', function()
    local listener, name = upstream()
    local _, port = relay('--idle', 0.3, name)
    local has_survived = false
    for _ = 1, 5 do -- on a machine that is busy the pause may be long
      has_survived = has_survived or survives(port, listener)
    end
    assert.is_true(has_survived)
  end)

  it('cuts a connection whose receiver takes nothing', function()
    local listener, name = upstream()
    local _, port = relay('--idle', 0.1, name)
    local client, server = through(port, listener)
    server:shutdown(SHUT_WR)
    assert.is_nil(client:recv())
    network.fill(client)
    client:nonblock(false)
    assert(client:sndtimeo(20))
    local err, again
    repeat
      err, again = select(2, client:send('x'))
    until err or again
    assert.equal('EPIPE', err and err.name) -- as Linux says it of a connection that was reset behind its end
  end)

  it('serves no more clients than it may, and the next when one has gone', function()
    local listener, name = upstream()
    local _, port = relay('--limit', 1, '--check', 1000, name)
    local first, server = through(port, listener)
    local second = connected(port)
    second:send('second')
    assert.is_falsy(listener:recvable(50))
    finish(first, server)
    local _, bytes = accepted(listener)
    assert.equal('second', bytes)
  end)

  for _, signal in ipairs({ 'SIGHUP', 'SIGUSR1' }) do
    it('prints how much went where at ' .. signal, function()
      local listener, name = upstream()
      local gone, holder = peers.port()
      local running, port = relay('--check', 1000, name, '127.0.0.1:' .. gone)
      running:expect('is down')
      local client, server = through(port, listener)
      server:send('four')
      assert.equal('four', client:recv())
      through(port, listener)
      finish(client, server)
      running:signal(signal)
      assert.equal('upstream state open total failed sent received', running:line())
      assert.equal(name .. ' up 1 2 0 2 4', running:line())
      assert.equal(('127.0.0.1:%d down 0 0 0 0 0'):format(gone), running:line())
      holder:close()
    end)
  end

  for _, signal in ipairs({ 'SIGINT', 'SIGTERM' }) do
    it('at ' .. signal .. ' ends with the last connection, and takes no more', function()
      local listener, name = upstream()
      local running, port = relay(name)
      local client, server = through(port, listener)
      running:signal(signal)
      assert.equal('stopping', running:line())
      local late = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
      local _, err = late:connect(llsocket.addrinfo.inet('127.0.0.1', port))
      assert.equal('ECONNREFUSED', err and err.name)
      server:send('still')
      assert.equal('still', client:recv())
      client:close()
      server:close()
      assert_ends(running)
    end)
  end

  it('cuts what is left when it is told so a second time', function()
    local listener, name = upstream()
    local running, port = relay(name)
    local client, server = through(port, listener)
    running:signal('SIGTERM')
    assert.equal('stopping', running:line())
    running:signal('SIGTERM')
    assert_reset(client)
    assert_reset(server)
    assert_ends(running)
  end)

  local if_inet6 = network.loopbacks[2] and it or pending
  if_inet6('listens at addresses of IPv6, and has such upstreams', function()
    local listener, address = network.listener(network.loopbacks[2])
    local running = peers.lua(RELAY, { '-l', '[::1]:0', ('[::1]:%d'):format(address:port()) })
    local port = tonumber((running:expect('^listening at %[::1%]:(%d+)$')))
    local client = network.keep(assert(llsocket.socket.new(llsocket.AF_INET6, llsocket.SOCK_STREAM)))
    assert(client:connect(llsocket.addrinfo.inet6('::1', port)))
    assert(client:send('x'))
    local _, bytes = accepted(listener)
    assert.equal('x', bytes)
  end)

  it('says what is wrong with its arguments', function()
    for _, case in ipairs({
      { {}, 2, '^usage: relay%.lua ' },
      { { '--check' }, 2, '^usage: ' },
      { { '--check', 'x', '127.0.0.1:1' }, 2, '^usage: ' },
      { { '--idle', -1, '127.0.0.1:1' }, 2, '^usage: ' },
      { { '--limit', 0, '127.0.0.1:1' }, 2, '^usage: ' },
      { { '-x', '127.0.0.1:1' }, 2, '^usage: ' },
      { { 'nowhere' }, 2, '^relay: nowhere is no address; ' },
      { { '::1:80' }, 2, '^relay: ::1:80 is no address; ' },
      { { '-l', '127.0.0.1:70000', '127.0.0.1:1' }, 2, '^relay: 127%.0%.0%.1:70000 is no address; ' },
      { { '-l', '192.0.2.77:0', '127.0.0.1:1' }, 1, '^relay: %[EADDRNOTAVAIL:99%]%[bind%]' },
    }) do
      local text, status = program.run(RELAY, case[1])
      assert.equal(case[2], status, text)
      assert.truthy(text:find(case[3]), text)
      assert.falsy(text:find('traceback', 1, true), text)
    end
  end)
end)
