-- SPDX-License-Identifier: MIT
-- Every program under examples/net/ does what it says.
local net = require('net')
local network = require('network')
local program = require('program')

local DIRECTORY = 'examples/net/'
local LIMITED = 'timeout --foreground 60' -- what hangs fails; without the option it would hand on signals twice

-- What the programs write that end by themselves.
local outputs = {
  deadlines = [[
recv      nil, nil, true
readline  nil, nil, true
readline  half a line
send      0, nil, true
accept    nil, nil, true
timeout   nil, nil, true
]],
  dgram_inet = [[
ONE?	not at the first attempt
TWO?	not at the first attempt
]],
  dgram_multicast = [[
first: hello, group
second: hello, group
]],
  dgram_pair = [[
"one"
""
"three"
no more messages
]],
  dgram_unix = [[
question: ping
answer: pong
then: to my peer
]],
  message = [[
two ends: one for you, one for me
through the passed ends
when? came with its time
]],
  own_class = [[
Greeter: fd N
hello Ann, you are number 1
hello Bob, you are number 2
nobody greets Cy
]],
  stream_inet = [[
hello from client 1
hello from client 2
hello from client 3
the server has stopped
]],
  stream_pair = [[
the sum is 5050
]],
  stream_tls = [[
hello Ann
hello Bob
ALERT_CERTIFICATE_REQUIRED
]],
  stream_unix = [[
hello from the new process
]],
  turns = [[
in turn: ab
not in turn: a
the second task: EBUSY
reader 1: first
reader 2: other
]],
  wait_budget = [[
A LINE
the client is done
the budget is spent
]],
}

local is_checked_below = { activation = true }

local is_lacking = { stream_tls = not net.tls.available }

local function names()
  local list = {}
  local pipe = assert(io.popen('ls ' .. DIRECTORY))
  for file in pipe:lines() do
    list[#list + 1] = file:match('^([%w_]+)%.lua$') or error(file .. ' is no example')
  end
  pipe:close()
  return list
end

local function path_of(name)
  return DIRECTORY .. name .. '.lua'
end

local function content_of(path)
  local file = assert(io.open(path))
  local text = file:read('*a')
  file:close()
  return text
end

describe('the example of net', function()
  for _, name in ipairs(names()) do
    if outputs[name] then
      it(name .. ' writes what it should', function()
        if is_lacking[name] then
          pending('this build cannot run it')
          return
        end
        local text, status = program.run(path_of(name), nil, { environment = LIMITED })
        assert.equal(outputs[name], text)
        assert.equal(0, status)
      end)
    end

    it(name .. ' has a check here', function()
      assert.is_truthy(outputs[name] or is_checked_below[name])
    end)

    it(name .. ' tells what it shows and how to run it', function()
      local head = content_of(path_of(name)):match('^(%-%- .-)\n\n')
      assert.is_truthy(head:match('^%-%- .*%.\n%-%- Run: [^\n]* ' .. path_of(name) .. '\n%-%- SPDX'), head)
    end)
  end
end)

describe('the example activation', function()
  local server, path

  before_each(function()
    path = network.free_path()
  end)

  after_each(function()
    if server then
      server:stop()
      server = nil
    end
    os.remove(path)
  end)

  local function greeting_by(client)
    client:deadlines(60000, 60000)
    client:send('Ann\n')
    local answer = client:readline()
    client:close()
    return answer
  end

  local function ends_at(signal)
    os.execute(('kill -%s %s'):format(signal, server.pid))
    assert.equal('stopped', server:line())
    assert.is_nil(server:line())
  end

  for _, signal in ipairs({ 'TERM', 'INT' }) do
    it('listens by itself, and ends at SIG' .. signal, function()
      server = program.start(path_of('activation'), nil, { environment = LIMITED })
      local port = server:line():match('^listening at 127%.0%.0%.1 port (%d+)$')
      local client = assert(net.stream.inet.client.new({ host = '127.0.0.1', port = port }))
      assert.equal('hello Ann', greeting_by(client))
      ends_at(signal)
    end)
  end

  -- systemd-socket-activate says when it listens.
  local function activator()
    return table.concat({
      'SYSTEMD_LOG_LEVEL=info SYSTEMD_LOG_TARGET=console', LIMITED, 'systemd-socket-activate -l', path,
      program.handed_on(),
    }, ' ')
  end

  local function wait_for(beginning)
    local line
    repeat
      line = assert(server:line(), 'it ended before it wrote ' .. beginning)
    until line:sub(1, #beginning) == beginning
  end

  local function has_activator()
    local pipe = assert(io.popen('command -v systemd-socket-activate'))
    local found = pipe:read('*l')
    pipe:close()
    return found ~= nil
  end

  it('takes the socket of systemd', function()
    if not has_activator() then
      pending('systemd-socket-activate is not on this machine')
      return
    end
    server = program.start(path_of('activation'), nil, { environment = activator() })
    wait_for('Listening on ')
    assert.equal('hello Ann', greeting_by(assert(net.stream.unix.client.new({ path = path }))))
    wait_for('listening at ' .. path)
    ends_at('TERM')
  end)
end)
