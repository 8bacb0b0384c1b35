-- SPDX-License-Identifier: MIT
-- examples/httpd.lua over a folder made for tests, and clients for it: curl and raw ones.

local assert = require('luassert')
local busted = require('busted')
local net = require('net')
local program = require('program')

local http = {}

local quoted = program.quoted
local PATIENCE_MSEC = 20000

-- What a shell command writes to both outputs.
function http.shell(command, ...)
  local pipe = assert(io.popen(('{ ' .. command .. '\n} 2>&1'):format(...)))
  local text = pipe:read('*a')
  pipe:close()
  return text
end

local function write(path, content)
  local file = assert(io.open(path, 'wb'))
  file:write(content)
  file:close()
end

local Site = {}
Site.__index = Site

-- A new folder with these files, by their paths, beside others that are not in it.
function http.site(files)
  local top = http.shell('mktemp -d'):match('%S+')
  local site = setmetatable({ top = top, path = top .. '/site' }, Site)
  http.shell('mkdir %s', quoted(site.path))
  write(top .. '/secret', 'secret')
  write(top .. '/site.secret', 'secret')
  for name, content in pairs(files) do
    local path = site.path .. '/' .. name
    http.shell('mkdir -p %s', quoted((path:match('^(.*)/'))))
    write(path, content)
  end
  return site
end

function Site:remove()
  http.shell('rm -r %s', quoted(self.top))
end

local Server = {}
Server.__index = Server

-- Starts httpd for a folder, with these arguments before its name; options as those of program.
function http.start(path, arguments, options)
  local words = { '-p', 0 }
  for _, word in ipairs(arguments or {}) do
    words[#words + 1] = word
  end
  words[#words + 1] = path
  local running = program.start('examples/httpd.lua', words, options)
  local first = running:line()
  local port = first and first:match(':(%d+)/$')
  if not port then
    running:stop()
    error(('httpd did not start: %s'):format(first), 0)
  end
  local url = ('%s://127.0.0.1:%s/'):format(first:match(' (https?)://'), port)
  return setmetatable({ running = running, port = tonumber(port), url = url, first = first, clients = {} }, Server)
end

function Server:signal(name)
  http.shell('kill -%s %d', name, self.running.pid)
end

-- The next line that it writes; nil at the end.
function Server:line()
  return self.running:line()
end

-- Ends the connections of all clients.
function Server:drop_clients()
  for _, client in ipairs(self.clients) do
    client:close()
  end
  self.clients = {}
end

-- Also if it has ended itself.
function Server:stop()
  self:drop_clients()
  self.running:stop()
end

function Server:connect()
  local client = assert(net.stream.inet.client.new({ host = '127.0.0.1', port = self.port }))
  client:deadlines(PATIENCE_MSEC, PATIENCE_MSEC)
  table.insert(self.clients, client)
  return client
end

-- Connects, and sends a text.
function Server:say(text)
  local client = self:connect()
  assert(client:send(text) == #text)
  return client
end

-- What curl writes, with these words of the shell before the URLs of paths.
function Server:curl(words, ...)
  local urls = {}
  for i, path in ipairs({ ... }) do
    urls[i] = quoted(self.url .. path)
  end
  return http.shell("curl -q -sS --noproxy '*' %s %s", words, table.concat(urls, ' '))
end

-- The text of a request, with these lines as its fields.
function http.request(method, target, ...)
  return table.concat({ method .. ' ' .. target .. ' HTTP/1.1', 'Host: here', ... }, '\r\n') .. '\r\n\r\n'
end

function http.get(target, ...)
  return http.request('GET', target, ...)
end

-- Status and fields of the answer that comes next; nil at the end of the stream.
function http.head(client)
  local line, err, timeout = client:readline()
  assert(not err and not timeout, err or 'no answer in time')
  if not line then
    return nil
  end
  local answer = { status = tonumber(line:match('^HTTP/1%.1 (%d%d%d) %u')), fields = {} }
  assert(answer.status, line)
  line = assert(client:readline())
  while line ~= '' do
    local name, value = line:match('^([%w-]+): (.*)$')
    answer.fields[name:lower()] = value
    line = assert(client:readline())
  end
  return answer
end

-- The same with its body.
function http.answer(client)
  local answer = http.head(client)
  if answer and answer.fields['content-length'] then
    local size = tonumber(answer.fields['content-length'])
    answer.body = size > 0 and assert(client:readn(size)) or ''
  end
  return answer
end

-- Fails unless the server ends the stream now.
function http.assert_end(client)
  local more, err, timeout = client:recv()
  assert(more == nil and not err and not timeout, more or err or 'the connection is open')
end

-- The status of the next answer, which is returned, is this.
function http.assert_status(status, client)
  local answer = http.answer(client)
  assert.equal(status, answer and answer.status)
  return answer
end

-- A new client gets the file `one`, which is "1".
function http.assert_serves(server)
  local client = server:say(http.get('/one'))
  assert.equal('1', http.assert_status(200, client).body)
  client:close()
end

-- Whether this program is here; else pending() says that it is not.
function http.has(name)
  if http.shell('command -v %s', name) ~= '' then
    return true
  end
  busted.pending(name .. ' is not installed')
  return false
end

-- A folder with these files for all tests of a spec, as `site`, and a server over it, as `server`.
function http.stage(files)
  local stage, others = {}, {}

  busted.setup(function()
    stage.site = http.site(files)
    stage.server = http.start(stage.site.path)
  end)

  busted.teardown(function()
    stage.server:stop()
    stage.site:remove()
  end)

  busted.after_each(function()
    for _, other in ipairs(others) do
      other:stop()
    end
    others = {}
    stage.server:drop_clients()
  end)

  -- A server of its own for a test.
  function stage.start(arguments, options)
    others[#others + 1] = http.start(stage.site.path, arguments, options)
    return others[#others]
  end

  -- Makes the file `huge`, with a hole of so many MiB: more than the kernel holds for a peer that does not read.
  -- Returns its size in bytes.
  function stage.make_huge(megabytes)
    http.shell('truncate -s %dM %s/huge', megabytes, quoted(stage.site.path))
    return megabytes * 1048576
  end

  return stage
end

return http
