-- SPDX-License-Identifier: MIT
-- Two tasks at one end of a connection, one of which reads and the other writes, also while keys change.
local loop = require('net.loop')
local loops = require('loops')
local network = require('network')
local peers = require('peers')
local secure = require('secure')

local keep = network.keep

after_each(loops.assert_idle)

setup(secure.certificate)

-- For a long run: LLNET_MESSAGES=1000000 ./dev test 5.4 tls_duplex
local MESSAGES = tonumber(os.getenv('LLNET_MESSAGES')) or 2000
local UPDATES = 25

local text = loops.pattern(70000)

-- A generator of numbers from 1 to `most` that is the same for the same seed in every Lua.
local function dice(seed)
  return function(most)
    seed = (seed * 16807) % 2147483647
    return seed % most + 1
  end
end

local sizes = { 0, 1, 2, 100, 1000, 16383, 16384, 16385, 40000, 70000 }

-- The n-th message: its number, its size, and a part of the text.
local function message(n, roll)
  local size = sizes[roll(#sizes)]
  size = size > 1000 and roll(8) > 1 and roll(1000) or size
  return ('%d %d\n'):format(n, size) .. text:sub(1, size)
end

local function pause(roll)
  local kind = roll(20)
  if kind == 1 then
    loop.sleep(roll(20) / 10000)
  elseif kind < 6 then
    loop.later()
  end
end

-- Sends the messages one by one, or several at once.
local function write_all(sock, seed)
  local roll, waits = dice(seed), dice(seed + 1)
  for n = 1, MESSAGES do
    local bytes = message(n, roll)
    local sent = 0
    repeat -- in parts, if its time is over before
      local count, err = sock:send(bytes:sub(sent + 1))
      assert(count, err)
      sent = sent + count
    until sent == #bytes
    pause(waits)
  end
end

local function read_all(sock, seed)
  local roll, waits = dice(seed), dice(seed + 2)
  for n = 1, MESSAGES do
    local expected = message(n, roll)
    local got = assert(sock:readline()) .. '\n'
    local size = tonumber(got:match(' (%d+)\n$'))
    if size > 0 then
      got = got .. assert(sock:readn(size))
    end
    assert.is_true(expected == got, 'message ' .. n)
    pause(waits)
  end
end

for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
  it('Thousands of messages go both ways at once, with ' .. version, function()
    local seed = tonumber(os.getenv('LLNET_SEED')) or os.time() % 1000000 + 1
    local ok, err = pcall(loops.run, function()
      local client, connection = secure.pair({ server = { set_protocols = version } })
      for _, sock in ipairs({ client, connection }) do
        sock:deadlines(secure.PATIENCE, 3) -- so that sends give up in the middle
      end
      local tasks = {
        loop.spawn(write_all, client, seed), loop.spawn(write_all, connection, seed + 10),
        loop.spawn(read_all, client, seed + 10), loop.spawn(read_all, connection, seed),
      }
      for _, each in ipairs(tasks) do
        assert.is_true((each:join()))
      end
      assert.equal(version == 'tlsv1.2' and 'TLSv1.2' or 'TLSv1.3', client:tls():conn_version())
      client:close()
      connection:close()
    end)
    assert(ok, ('LLNET_SEED=%d: %s'):format(seed, tostring(err)))
  end)
end

-- Starts openssl with a pipe for its input: the peer, and a function that writes a line to it.
local function interactive(words)
  local fifo = peers.directory() .. '/input'
  assert(select(2, peers.run({ 'mkfifo', fifo })) == 0)
  local peer = peers.start(words, { input = '<' .. fifo })
  local input = keep(assert(io.open(fifo, 'w')))
  input:setvbuf('no')
  return peer, function(line)
    input:write(line .. '\n') -- at once: who reads half a line takes it for text
  end
end

-- One task reads what the peer sends, another writes all the time, and the peer changes its keys before each line that
-- it sends: `command` is K, which asks for ours as well, or k.
local function change_keys(sock, peer, say, command, changed)
  local writing = loop.spawn(function()
    repeat
      assert(sock:send('-'))
      loop.sleep(0.0005)
    until false
  end)
  for n = 1, UPDATES do
    local asked = command:sub(n % 2 + 1, n % 2 + 1)
    say(asked)
    peer:expect(changed)
    local reading = loop.spawn(sock.readline, sock)
    loop.later()
    say('line ' .. n)
    local _, line, err = reading:join()
    assert.equal('line ' .. n, line, err)
  end
  writing:cancel()
  sock:send('\nlast\n')
  peer:expect('last$')
end

peers.it({ 'openssl' })('openssl s_client changes keys while two tasks use a connection', function()
  loops.run(function()
    local server, port = secure.listener()
    local peer, say = interactive({ 'openssl', 's_client', '-connect', '127.0.0.1:' .. port, '-tls1_3', '-CAfile',
      secure.authority().cert })
    local connection = keep(assert(server:accept()))
    connection:deadlines(secure.PATIENCE, secure.PATIENCE)
    peer:expect('^%s*Verify return code: 0')
    change_keys(connection, peer, say, 'Kk', 'KEYUPDATE')
    connection:close()
    peer:stop()
    server:close()
  end)
end)

peers.it({ 'openssl', 'stdbuf' })('openssl s_server changes keys while two tasks use a connection', function()
  local made = secure.certificate()
  local peer, say = interactive({ 'stdbuf', '-oL', 'openssl', 's_server', '-accept', '127.0.0.1:0', '-tls1_3', '-cert',
    made.cert, '-key', made.key })
  local port = tonumber(peer:expect('^ACCEPT 127%.0%.0%.1:(%d+)'))
  loops.run(function()
    local client = keep(assert(secure.connect(port)))
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    change_keys(client, peer, say, 'Kk', 'SSL_do_handshake %-> 1')
    client:close()
    peer:stop()
  end)
end)
