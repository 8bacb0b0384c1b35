-- SPDX-License-Identifier: MIT
-- Faults of servers that were mended, each by what must hold.

local expect = require('expect')
local loop = require('net.loop')
local loops = require('loops')
local modes = require('modes')
local net = require('net')

local task, failure = loops.task, loops.failure
local PATIENCE = 20000 -- milliseconds

after_each(loops.assert_idle)

local function idle()
  loop.suspend()
end

describe('serve', function()
  it('that drains under loop.timeout cancels its connections once, and ends', task(function()
    local server, port = modes.listener()
    local cancelled, has_tidied = 0, false
    local function handle()
      local ok = net.pcall(loop.suspend)
      cancelled = cancelled + (ok and 0 or 1)
      has_tidied = loop.sleep(0.01)
    end
    local client = modes.client(port)
    loop.spawn(function()
      loop.sleep(0.001)
      server:stop()
    end)
    local ok, err = loop.timeout(0.01, server.serve, server, handle)
    expect(ok, err):to_be(nil, failure('ETIMEDOUT', 'accept'))
    while not has_tidied do
      loop.sleep(0.001)
    end
    assert.equal(1, cancelled)
    client:close()
  end))

  it('ends with its server, also at its limit', task(function()
    local server, port = modes.listener()
    local serving = loop.spawn(server.serve, server, idle, { limit = 1, drain = 10 })
    local client = modes.client(port)
    loop.sleep(0.01)
    assert.is_nil(server:close())
    expect(serving:join(loops.patience)):to_be(true, true)
    expect(client:recv()):to_be(nil)
  end))

  for ending, finish in pairs({
    ['the time of its task'] = function() end,
    ['its task'] = function(serving) serving:cancel() end,
    ['its task while it drains'] = function(serving, server)
      server:stop()
      loop.later()
      serving:cancel()
    end,
  }) do
    it(('leaves no connection when %s ends'):format(ending), function()
      loops.reported(function()
        local server, port = modes.listener()
        local serving = loop.spawn(loop.timeout, 0.05, server.serve, server, idle)
        local client = modes.client(port)
        loop.sleep(0.01)
        finish(serving, server)
        serving:join(loops.patience)
        client:deadlines(PATIENCE)
        expect(client:recv()):to_be(nil)
      end)
    end)
  end

  it('ends when the last close() of a class is done', task(function()
    local server, port = modes.listener()
    local closed = false
    local Slow = net.class('Slow', net.stream.Socket)
    function Slow:close()
      loop.sleep(0.02)
      closed = true
      return net.stream.Socket.close(self)
    end
    function server:createConnection(sock)
      return Slow:adopt(sock, self.io)
    end
    local serving = loop.spawn(server.serve, server, function() end)
    local client = modes.client(port)
    loop.sleep(0.01)
    server:stop()
    expect(serving:join(loops.patience)):to_be(true, true)
    assert.is_true(closed)
    client:close()
  end))

  it('closes a connection whose close() was cancelled before it began', function()
    loops.reported(function()
      local server, port = modes.listener()
      local connection
      local Own = net.class('Own', net.stream.Socket)
      function Own:close()
        return net.stream.Socket.close(self)
      end
      function server:createConnection(sock)
        connection = Own:adopt(sock, self.io)
        return connection
      end
      local serving
      serving = loop.spawn(server.serve, server, function()
        serving:cancel()
      end)
      local client = modes.client(port)
      serving:join(loops.patience)
      assert.equal(-1, connection:fd())
      client:close()
    end)
  end)

  it('stops although the server of a class cannot be closed', task(function()
    local server = modes.listener()
    function server.close()
      error('stuck')
    end
    local serving = loop.spawn(server.serve, server, idle)
    loop.later()
    local ok, err = net.pcall(server.stop, server)
    assert.is_false(ok)
    assert.matches('stuck$', err)
    expect(serving:join(loops.patience)):to_be(true, true)
    assert.equal(-1, server:fd())
  end))

  it('names the field of a drain that cannot be', task(function()
    local server = modes.listener()
    local text = "bad argument #2 to 'serve' (field 'drain': out of range (0 to 2147483647))"
    loops.raised(text, function()
      server:serve(function() end, { drain = -1 })
    end)
  end))
end)
