-- SPDX-License-Identifier: MIT
-- ./dev bench echo: servers over TCP.

local servers = require('bench.serving.servers')
local serving = require('bench.serving.run')

local asio = servers.program('echo', 'asio')

local echo = {
  name = 'echo',
  title = 'Servers over TCP',
  rows = require('bench.echo.rows'),
  programs = {
    { name = 'c', title = 'C', words = servers.program('echo', 'c') },
    {
      name = 'asio',
      title = 'Asio',
      words = asio,
      check = function(options)
        return asio(options) .. ' version'
      end,
    },
    servers.node('echo'),
    {
      name = 'asyncio',
      title = 'asyncio',
      words = servers.script('echo', '/usr/bin/python3', 'python.py'),
      check = function()
        return '/usr/bin/python3 --version'
      end,
      is_peer = true,
    },
  },
  scripts = {
    { name = 'net' },
    { name = 'net pad', script = 'net', before = 'env MALLOC_TOP_PAD_=16777216 ', row = 'echo16k_64' },
    { name = 'luv', is_peer = true },
    { name = 'luv try', script = 'luv', more = ' try', row = 'echo64_64' },
    { name = 'cqueues', is_peer = true },
    { name = 'copas', is_peer = true },
  },
  panels = {
    { row = 'echo64_64', figure = 'rate', title = 'Requests/s, 64 bytes, 64 connections (C = 1)', is_ratio = true },
    { row = 'echo64_64', figure = 'cpu', title = 'CPU/request, 64 bytes, 64 connections (C = 1)', is_ratio = true },
    { row = 'echo16k_64', figure = 'rate', title = 'Requests/s, 16 KiB, 64 connections (C = 1)', is_ratio = true },
    { row = 'accept', figure = 'rate', title = 'Connections/s (C = 1)', is_ratio = true },
    { row = 'idle', figure = 'each', title = 'Memory of an idle connection, bytes' },
    { row = 'sendfile', figure = 'throughput', title = 'sendfile (C = 1)', is_ratio = true },
  },
}

function echo.run(options)
  return serving.run(options, echo)
end

return echo
