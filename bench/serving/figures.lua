-- SPDX-License-Identifier: MIT
-- How the numbers that a load prints are told, by name.

return {
  handshakes = { title = 'handshakes/s', format = '%.0f', more_is_better = true },
  rate = { title = 'requests/s', format = '%.0f', more_is_better = true },
  cpu = { title = 'CPU of each', format = '%.2f us', factor = 1e6 },
  p50 = { title = 'p50', format = '%.0f us', factor = 1e6 },
  p99 = { title = 'p99', format = '%.0f us', factor = 1e6 },
  memory = { title = 'memory', format = '%.0f KiB', factor = 1 / 1024 },
  each = { title = 'memory', format = '%.0f B' },
  throughput = { title = 'throughput', format = '%.0f MB/s', factor = 1e-6, more_is_better = true },
  cpu_of_mib = { title = 'CPU of a MiB', format = '%.0f us', factor = 1e6 },
}
