-- SPDX-License-Identifier: MIT
-- Programs as peers of tests: started beside a test, and ended with it, whatever becomes of it.

local assert = require('luassert')
local busted = require('busted')
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local process = require('process')
local program = require('program')

local peers = {}

local Peer = {}
Peer.__index = Peer

local SIGNALS = loop.signals

local running, directories, forked = {}, {}, {}

local function quoted(words)
  local list = {}
  for i, word in ipairs(words) do
    list[i] = program.quoted(tostring(word))
  end
  return table.concat(list, ' ')
end

local function command_output(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read('*a')
  pipe:close()
  return text
end

-- Where the program is; nil if this machine does not have it.
local function path_of(name)
  return command_output(('PATH="$PATH:/usr/sbin"; command -v %s'):format(name)):match('^(%S+)\n')
end

-- What sanitizers preload is for this interpreter only.
local FOREIGN = 'env -u LD_PRELOAD -u ASAN_OPTIONS -u UBSAN_OPTIONS '

-- it() of busted, or of the mode that is given, where this machine has all these programs; else pending().
function peers.it(names, it)
  for _, name in ipairs(names) do
    if not path_of(name) then
      return function(sentence)
        busted.pending(('%s: this machine has no %s'):format(sentence, name))
      end
    end
  end
  return it or busted.it
end

-- The program gets a session of its own, so that its children can be ended as well. It dies with this process, and when
-- it takes so long that the test hangs.
local START = [[echo $$
exec setsid setpriv --pdeathsig KILL sh -c '(sleep 60; kill -KILL 0) >/dev/null 2>&1 & exec "$@"' sh %s %s 2>&1]]

local function start(command, options)
  local pipe = assert(io.popen(START:format(command, options.input or '</dev/null')))
  local peer = setmetatable({ pipe = pipe, said = {} }, Peer)
  peer.pid = tonumber(pipe:read('*l'))
  if not options.is_shared then
    table.insert(running, peer)
  end
  return peer
end

-- Starts a program by its words. options: is_shared, for whoever ends it; input, a redirection.
function peers.start(words, options)
  local path = path_of(words[1]) or words[1]
  return start(FOREIGN .. quoted({ path, (table.unpack or unpack)(words, 2) }), options or {})
end

-- Starts a Lua program, with this interpreter.
function peers.lua(path, arguments, options)
  local words = { program.interpreter(), path, (table.unpack or unpack)(arguments or {}) }
  return start(quoted(words), options or {})
end

-- Runs a program to its end: what it wrote to its output, and its exit status.
function peers.run(words)
  local text = command_output(FOREIGN .. quoted({ path_of(words[1]) or words[1], (table.unpack or unpack)(words, 2) })
    .. ' </dev/null; echo "status=$?"')
  local output, status = text:match('^(.*)status=(%d+)\n$')
  return output, tonumber(status)
end

-- The next line that it writes; nil at the end.
function Peer:line()
  local line = self.pipe:read('*l')
  table.insert(self.said, line)
  return line
end

-- Reads lines up to one that has this pattern: what the pattern captures.
function Peer:expect(pattern)
  local from = #self.said + 1
  while true do
    local line = self:line()
    if not line then
      error(('no line with %q, but:\n%s'):format(pattern, table.concat(self.said, '\n', from)), 2)
    elseif line:find(pattern) then
      return line:match(pattern)
    end
  end
end

function Peer:signal(name)
  process.kill(self.pid, SIGNALS[name])
end

-- Waits for its end: how it ended, as process.wait() tells, and what it wrote since it was read last.
function Peer:wait()
  local rest = self.pipe:read('*a')
  local how, status = process.wait(self.pid)
  self.has_ended = true
  return how, status, rest
end

-- Ends it, and its children, at once.
function Peer:stop()
  if not self.is_stopped then
    self.is_stopped = true
    pcall(process.kill, -self.pid, SIGNALS.SIGKILL)
    self.pipe:close()
  end
end

-- Calls the function in a child process, also from a task. Returns a function that waits for its end, which must be a
-- good one.
function peers.fork(fn)
  local pid = loops.fork()
  if pid == 0 then
    local ok, err = pcall(fn)
    if not ok then
      print(err)
    end
    loops.leave(ok and 0 or 1)
  end
  forked[pid] = true
  return function()
    forked[pid] = nil
    assert.equal(0, loops.wait_for(pid))
  end
end

-- A new directory, which is removed at the end of the test; with is_shared by peers.remove().
function peers.directory(is_shared)
  local path = assert(command_output('mktemp -d'):match('^(%S+)\n'))
  if not is_shared then
    table.insert(directories, path)
  end
  return path
end

function peers.remove(path)
  os.execute('rm -rf ' .. program.quoted(path))
end

function peers.write(path, text)
  local file = assert(io.open(path, 'wb'))
  file:write(text)
  file:close()
end

function peers.read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('*a')
  file:close()
  return text
end

-- A port of 127.0.0.1 at which nobody listens, but a program may: one with SO_REUSEADDR can bind it beside the socket
-- that is returned with it, and nobody else gets it while that is open.
function peers.port()
  local holder = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
  assert(holder:reuseaddr(true) ~= nil)
  assert(holder:bind(llsocket.addrinfo.inet('127.0.0.1', 0)))
  return holder:getsockname():port(), holder
end

busted.subscribe({ 'test', 'end' }, function()
  for _, peer in ipairs(running) do
    peer:stop()
  end
  for pid in pairs(forked) do
    process.kill(pid, SIGNALS.SIGKILL)
    process.wait(pid)
  end
  for _, path in ipairs(directories) do
    peers.remove(path)
  end
  running, directories, forked = {}, {}, {}
  return nil, true -- other subscribers go on
end)

return peers
