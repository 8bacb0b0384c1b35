-- Serves a folder with httpd.lua, fetches all its files with curl over HTTP and HTTPS, and compares checksums. Then
-- 1,000 clients at once, or N, send something from one process to another, in each of seven ways, and again checksums
-- are compared. `serve` only leaves the server running, for a look with a browser.
-- Run: ./dev demo [--clients N] [DIRECTORY], ./dev demo serve [DIRECTORY]
-- With another Lua: ./dev lua jit examples/demo.lua
-- SPDX-License-Identifier: MIT

package.path = package.path .. ';' .. arg[0]:gsub('[^/]+$', '') .. '?.lua'

local crowd = require('demo.crowd')
local pieces = require('demo.pieces')
local shell = require('demo.shell')
local web = require('demo.web')

local CLIENTS, MOST_CLIENTS = 1000, 100000
local SPARE_DESCRIPTORS = 30 -- beside one for each client
local LEAST_BYTES = 3 * 1048576

local function fail(status, ...)
  io.stderr:write(...)
  os.exit(status)
end

local function usage()
  fail(2, 'usage: demo.lua [--clients N] [DIRECTORY] | demo.lua serve [DIRECTORY]\n')
end

-- How many clients this process can have, of so many.
local function affordable(clients)
  local descriptors = tonumber(shell.first_word('ulimit -n')) or math.huge
  local most = math.max(descriptors - SPARE_DESCRIPTORS, 1)
  if most < clients then
    print(('ulimit -n is %d: only %d clients\n'):format(descriptors, most))
  end
  return math.min(most, clients)
end

local function sample_text(clients)
  local text = pieces.text_for(clients)
  return text .. text:rep(math.ceil(LEAST_BYTES / #text) - 1)
end

-- The verdict, and whether it is a good one.
local function verdict(files, wrong_files, copies, wrong_copies)
  if wrong_files + wrong_copies > 0 then
    return ('WRONG: %d files, %d copies'):format(wrong_files, wrong_copies), false
  end
  return ('All %d files and %d copies arrived as they were sent.'):format(files, copies), true
end

local function run(scratch, directory, clients)
  clients = affordable(clients)
  local text = sample_text(clients)
  shell.write_file(scratch .. '/source', text)
  if not directory then
    directory = scratch .. '/site'
    web.fill(directory, text)
  end
  local files, wrong_files = web.run(directory, scratch)
  print(('\n%d clients at once, %d bytes each\n'):format(clients, pieces.BYTES))
  local copies, wrong_copies = crowd.run(scratch .. '/source', clients, scratch)
  local words, is_good = verdict(files, wrong_files, copies, wrong_copies)
  print('\n' .. words)
  return is_good
end

-- Until it is told to stop.
local function serve(scratch, directory)
  if not directory then
    directory = scratch .. '/site'
    web.fill(directory, sample_text(1))
  end
  print('for a browser; Ctrl-C ends it')
  _G.arg = { [-1] = shell.interpreter(), [0] = web.httpd, '-v', directory }
  dofile(web.httpd)
  return true
end

-- Calls the function with a folder of its own, which is removed at the end: the exit status.
local function in_scratch(fn, ...)
  local scratch = shell.first_word('mktemp -d')
  local ok, result = pcall(fn, scratch, ...)
  os.execute('rm -rf ' .. shell.quote(scratch))
  if not ok then
    io.stderr:write('demo: ', tostring(result), '\n')
  end
  return ok and result and 0 or 1
end

-- What the words ask for: a function for in_scratch, a directory or nil, and how many clients.
local function read_arguments(words)
  local fn, clients, i = run, CLIENTS, 1
  if words[i] == 'serve' then
    fn, i = serve, 2
  elseif words[i] == '--clients' then
    clients, i = tonumber(words[2]), 3
    if not clients or clients < 1 or clients > MOST_CLIENTS or clients % 1 ~= 0 then
      usage()
    end
  end
  local directory = words[i]
  if words[i + 1] or directory and directory:find('^%-') then
    usage()
  elseif directory and not shell.succeeds('test -d ' .. shell.quote(directory)) then
    fail(1, 'demo: ', directory, ' is no folder\n')
  end
  return fn, directory, clients
end

io.stdout:setvbuf('line')
if arg[1] == '--send' then
  crowd.send(tonumber(arg[2]), arg[3], tonumber(arg[4]), tonumber(arg[5]))
else
  os.exit(in_scratch(read_arguments(arg)))
end
