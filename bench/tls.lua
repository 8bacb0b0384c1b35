-- SPDX-License-Identifier: MIT
-- ./dev bench tls: servers over TLS 1.3.

local servers = require('bench.serving.servers')
local serving = require('bench.serving.run')

local tls = {
  name = 'tls',
  title = 'Servers over TLS',
  intro = [[
TLS 1.3, TLS_AES_128_GCM_SHA256, X25519; all servers give tickets. The load does as much work in a handshake as the
server, or more: where it is the slower one, CPU tells more than the rate.]],
  rows = require('bench.tls.rows'),
  programs = {
    { name = 'c', title = 'C', words = servers.program('tls', 'c') },
    servers.node('tls'),
  },
  scripts = {
    { name = 'net' },
    { name = 'copas', is_peer = true },
  },
  panels = {
    { row = 'full', figure = 'handshakes', title = 'Full handshakes/s, ECDSA (C = 1)', is_ratio = true },
    { row = 'resumed', figure = 'handshakes', title = 'Resumed handshakes/s (C = 1)', is_ratio = true },
    { row = 'echo64_64', figure = 'rate', title = 'Requests/s, 64 bytes, 64 connections (C = 1)', is_ratio = true },
    { row = 'send', figure = 'throughput', title = 'Throughput, sending (C = 1)', is_ratio = true },
    { row = 'receive', figure = 'throughput', title = 'Throughput, receiving (C = 1)', is_ratio = true },
  },
}

function tls.run(options)
  return serving.run(options, tls)
end

return tls
