-- SPDX-License-Identifier: MIT
-- Connects to hosts whose name server answers for one family only, or whose addresses of one family cannot be reached.
-- Writes what came of it. To be started in the root of the tree by private_resolver.sh.

package.path = './lua/?.lua;./tests/support/?.lua;' .. package.path

local loop = require('net.loop')
local name_server = require('name_server')
local net = require('net')
local inet = net.stream.inet

local known = {
  ['v6-fails.example'] = { A = '127.0.0.1', AAAA = 'SERVFAIL' },
  ['v6-silent.example'] = { A = '127.0.0.1', AAAA = 'silent' },
  ['v6-unreachable.example'] = { A = '127.0.0.1', AAAA = '2001:db8::1' },
  ['all-fails.example'] = { A = 'SERVFAIL', AAAA = 'SERVFAIL' },
  ['all-silent.example'] = { A = 'silent', AAAA = 'silent' },
}

-- Less than a name server is given by resolv.conf(5), so that nobody waited for one.
local SOON = 2

local function report(name, began, sock, err, timeout)
  print(name, sock and 'connected' or err, timeout or false, loop.now() - began < SOON)
  if sock then
    sock:close()
  end
end

local function without_numbers(text)
  return (text:gsub(':%-?%d+', ''):gsub('%]%[(%l+)%] [^(;]+', '][%1] '))
end

assert(loop.run(function()
  local serving = name_server(known, function() end)
  local server = assert(inet.server.new({ host = '127.0.0.1' }))
  assert(not server:listen())
  local port = server:getsockname():port()
  for _, name in ipairs({ 'v6-fails', 'v6-silent', 'v6-unreachable' }) do
    local began = loop.now()
    report(name, began, inet.client.new({ host = name .. '.example', port = port }, true, 60000))
  end
  local began = loop.now()
  report('under loop.timeout', began, loop.timeout(60, inet.client.new, { host = 'v6-silent.example', port = port }))
  server:close()

  began = loop.now()
  local sock, err = inet.client.new({ host = 'v6-fails.example', port = port }, true, 60000)
  report('refused', began, sock, without_numbers(err))
  for name, new in pairs({
    ['conndeadl'] = function(options)
      return inet.client.new(options, true, 200)
    end,
    ['loop.timeout'] = function(options)
      return loop.timeout(0.2, inet.client.new, options)
    end,
  }) do
    began = loop.now()
    local wakeups = loop.stats().wakeups
    local failure, timeout
    sock, failure, timeout = new({ host = 'all-silent.example', port = port })
    report('silent under ' .. name, began, sock, without_numbers(failure), timeout)
    assert(loop.stats().wakeups - wakeups < 50, 'it did not wait')
  end
  serving:cancel()
end))
