-- SPDX-License-Identifier: MIT
-- What ./dev bench tls measures: see bench/serving/run.lua.

local MIB = 1048576

local keys = {
  ecdsa = 'ec -pkeyopt ec_paramgen_curve:P-256',
  rsa = 'rsa:2048',
}

-- The words that make a key and a certificate for it, in one file.
local function new_keypair(kind)
  return ([[openssl req -x509 -newkey %s -noenc -subj /CN=localhost -keyout "$directory/key" -out "$directory/cert" ]]
    .. [[2>/dev/null && cat "$directory/key" "$directory/cert" >"$directory/pem" && ]]):format(keys[kind])
end

local function row(name, title, key, work)
  return {
    name = name,
    title = title,
    rounds = 10,
    work = function(scale)
      local words = work(scale)
      words.before = new_keypair(key)
      words.serve = words.serve:gsub('PEM', '"$directory/pem"')
      return words
    end,
  }
end

local function messages(name, title, mode, connections, key)
  local made = row(name, title, key, function(scale)
    return { serve = 'echo PEM -', load = ('%s %d 64 %.3f'):format(mode, connections, 0.5 * scale) }
  end)
  made.figures = { 'rate', 'cpu', 'p50', 'p99', 'memory' }
  return made
end

local function handshakes(name, title, mode, key)
  local made = messages(name, title .. ', 64 bytes there and back, close; 64 at a time', mode, 64, key)
  made.figures[1] = 'handshakes'
  made.targets = { ['5.4'] = { handshakes = 0.95 } }
  made.ahead_in = 'handshakes'
  return made
end

local function bulk(name, title, mode, serve)
  local made = row(name, title, 'ecdsa', function(scale)
    local bytes = math.max(1, math.floor(256 * scale)) * MIB
    return { serve = serve:format(bytes), load = ('%s %d 1'):format(mode, bytes) }
  end)
  made.figures = { 'throughput', 'cpu_of_mib', 'memory' }
  made.targets = { ['5.4'] = { throughput = 0.95 } }
  made.ahead_in = 'throughput'
  return made
end

local small = messages('echo64_64', '64 bytes there and back, 64 connections', 'echo', 64, 'ecdsa')
small.targets = { ['5.4'] = { rate = 0.85 } }
small.ahead_in = 'rate'

-- Where the load is slower than most servers, since it has to verify or to encrypt, only CPU tells who is ahead.
local full = handshakes('full', 'full handshake, ECDSA P-256', 'full', 'ecdsa')
full.ahead_in = 'cpu'
local receive = bulk('receive', 'the server receives 256 MiB in one stream, 16 KiB at a time', 'to', 'receive PEM -')
receive.ahead_in = 'cpu_of_mib'

return {
  full,
  handshakes('full_rsa', 'full handshake, RSA 2048', 'full', 'rsa'),
  handshakes('resumed', 'resumed handshake', 'resumed', 'ecdsa'),
  small,
  bulk('send', 'the server sends 256 MiB in one stream, 16 KiB at a time', 'from', 'send PEM %d'),
  receive,
}
