-- SPDX-License-Identifier: MIT
-- Many clients at once in one process, each of which sends a piece of a file to another process: see ways.lua.

local net = require('net')
local pieces = require('demo.pieces')
local shell = require('demo.shell')
local ways = require('demo.ways')

local loop = net.loop

local NOT_HERE = 'not on this machine'

local crowd = {}

-- The process of the clients, which is this program again: demo.lua --send WAY ADDRESS PORT CLIENTS <FILE. It writes
-- how many seconds they took.

-- A function that waits until so many tasks have called it.
local function new_gate(count)
  local waiting = {}
  return function()
    if #waiting == count - 1 then
      for _, task in ipairs(waiting) do
        task:resume()
      end
      return
    end
    table.insert(waiting, loop.running())
    loop.suspend()
  end
end

local function client(way, address, port, number, enter)
  local sock = way.connect(address, port)
  sock:deadlines(pieces.MSEC, pieces.MSEC)
  enter() -- nobody sends before all are connected
  way.send(sock, number)
  return sock -- which stays open until all are done
end

local function send_all(way, address, port, count)
  local group, start = loop.group(), nil
  local gate = new_gate(count)
  local function enter()
    gate()
    start = start or loop.now()
  end
  for number = 1, count do
    group:spawn(client, way, address, port, number, enter)
  end
  for _ = 1, count do
    local _, ok, err = group:await()
    if not ok then
      io.stderr:write('demo: a client failed: ', tostring(err), '\n')
      os.exit(1)
    end
  end
  print(loop.now() - start)
end

function crowd.send(number, address, port, count)
  loop.onerror(function() end) -- they are told above
  assert(loop.run(send_all, ways[number], address, port, count))
end

-- The process of the server.

local function start_clients(number, address, port, count, path)
  local words = { shell.interpreter(), arg[0], '--send', number, address, port, count }
  return assert(io.popen(shell.command(words) .. ' <' .. shell.quote(path)))
end

-- Serves until so many clients have sent their pieces: what came, by number, and the most that were connected at once.
local function serve(way, server, count)
  local copies, failure, open, most, ended = {}, nil, 0, 0, 0
  local function leave()
    ended = ended + 1
    if ended == count then
      server:stop()
    end
  end
  local ok, err = server:serve(function(sock)
    open = open + 1
    most = math.max(most, open)
    sock:deadlines(pieces.MSEC, pieces.MSEC)
    local number, piece = way.receive(sock)
    copies[number] = piece
    open = open - 1
    leave()
  end, {
    onerror = function(problem)
      failure = problem
      leave()
    end,
  })
  return copies, most, failure or not ok and err
end

-- What so many clients sent in this way, by their numbers; how many were there at once, and how many seconds it took.
-- Or nil, and why not.
local function transfer(number, count, path, folder)
  local way = ways[number]
  local server, address, port = way.listen(folder)
  if not server then
    return nil, NOT_HERE
  end
  local clients = start_clients(number, address, port, count, path)
  local copies, most, failure = loop.timeout(pieces.MSEC / 1000, serve, way, server, count)
  local seconds = clients:read('*n')
  clients:close()
  if failure or not seconds then
    return nil, 'FAILED: ' .. tostring(failure or 'the clients')
  end
  return copies, most, seconds
end

-- The pieces of a file that so many clients shall send.
local function cut(path, count)
  local file, list = assert(io.open(path, 'rb')), {}
  for number = 1, count do
    list[number] = pieces.read(file, number)
  end
  file:close()
  return list
end

local function print_row(name, most, count, seconds, is_right)
  local bytes = count * pieces.BYTES
  print(('%-15s %8d %10d %8.1f %8.0f %12.0f  %s'):format(
    name, most, bytes, seconds * 1e3, bytes / seconds / 1e6, count / seconds, is_right and 'ok' or 'WRONG'))
end

-- Sends all pieces of the file in each way, and prints a line for it. Returns how many copies came as they were sent,
-- and how many did not: all of those whose checksum, of one behind the other, is wrong.
function crowd.run(path, count, folder)
  local scratch = folder .. '/copies'
  local expected, right, wrong = shell.sum_of_strings(cut(path, count), scratch), 0, 0
  print(('%-15s %8s %10s %8s %8s %12s  %s'):format('way', 'clients', 'bytes', 'ms', 'MB/s', 'transfers/s', 'check'))
  for number, way in ipairs(ways) do
    local ok, copies, most, seconds = loop.run(transfer, number, count, path, folder)
    local is_right = ok and copies and shell.sum_of_strings(copies, scratch) == expected
    if ok and copies then
      print_row(way.name, most, count, seconds, is_right)
    else
      print(('%-15s %s'):format(way.name, ok and most or 'FAILED: ' .. tostring(copies)))
    end
    if is_right then
      right = right + count
    elseif most ~= NOT_HERE then
      wrong = wrong + count
    end
  end
  return right, wrong
end

return crowd
