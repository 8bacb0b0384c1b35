-- SPDX-License-Identifier: MIT
-- Sockets of net in the event loops of others.
local descriptors = require('descriptors')
local hosts = require('hosts')
local net = require('net')
local network = require('network')
local poller = require('net.poller')

local inet, unix = net.stream.inet, net.stream.unix

-- More than the buffers of a connection hold.
local LARGE = ('0123456789abcdef'):rep(2 ^ 18)

for _, name in ipairs({ 'copas', 'cqueues', 'luv' }) do
  local has_package, package_ = pcall(require, name)

  describe('a socket of net under ' .. name, function()
    if not has_package then
      pending(('no %s here for this Lua'):format(name))
      return
    end

    local adapter = require('net.poller.' .. name)
    local crew

    before_each(function()
      poller.use(adapter)
      crew = hosts.crew(name, package_, adapter)
    end)

    after_each(function()
      poller.use(nil)
    end)

    local function runs(fn)
      return function()
        crew.spawn(fn)
        crew.run()
      end
    end

    it('suspends its own coroutine only', runs(function()
      local server = assert(inet.server.new({ host = '127.0.0.1', port = 0 }))
      assert.is_true(server:isnonblock())
      assert.is_nil(server:listen())
      crew.spawn(function()
        local sock = assert(server:accept())
        assert.equal('question', sock:recv())
        sock:send('answer')
        sock:close()
      end)
      local client = assert(inet.client.new({ host = '127.0.0.1', port = server:getsockname():port() }))
      assert.equal(8, client:send('question'))
      assert.equal('answer', client:recv())
      assert.is_nil(client:recv())
      client:close()
      server:close()
    end))

    it('sends all, whatever the buffers hold', runs(function()
      local pair = assert(unix.pair())
      crew.spawn(function()
        assert.equal(#LARGE, pair[1]:send(LARGE))
        pair[1]:closew()
      end)
      local parts = {}
      local part = pair[2]:recv(65536)
      while part do
        table.insert(parts, part)
        part = pair[2]:recv(65536)
      end
      assert.equal(LARGE, table.concat(parts))
      pair[1]:close()
      pair[2]:close()
    end))

    it('gives up in time and loses nothing', runs(function()
      local pair = assert(unix.pair())
      pair[2]:deadlines(10)
      assert.same({ nil, nil, true }, { pair[2]:recv() })
      assert.equal(1, pair[1]:send('x'))
      assert.equal('x', pair[2]:recv())
      pair[1]:deadlines(nil, 10)
      local sent, err, timeout = pair[1]:send(LARGE)
      assert.is_nil(err)
      assert.is_true(timeout)
      pair[1]:closew()
      assert.equal(sent, #network.receive_all(pair[2].sock, sent))
      pair[1]:close()
      pair[2]:close()
    end))

    it('asks its hook before it waits', runs(function()
      local pair = assert(unix.pair())
      local asked = 0
      pair[2]:onwaitrecv(function(context, msec)
        asked = asked + 1
        assert.equal('context', context)
        assert.is_nil(msec)
        return nil, 'refused'
      end, 'context')
      assert.same({ nil, 'refused' }, { pair[2]:recv() })
      pair[1]:send('x')
      assert.equal('x', pair[2]:recv())
      assert.equal(1, asked)
      pair[1]:close()
      pair[2]:close()
    end))

    it('takes turns in the sync methods', runs(function()
      local pair = assert(unix.pair())
      local got = {}
      for i = 1, 3 do
        crew.spawn(function()
          got[i] = pair[2]:recvsync(1)
        end)
        adapter.sleep(0.01) -- it has begun
      end
      pair[1]:send('abc')
      adapter.sleep(0.01)
      pair[1]:close()
      while not got[3] do
        adapter.sleep(0.01)
      end
      assert.equal('abc', table.concat(got))
      pair[2]:close()
    end))

    it('gives its turn back after an error of a hook', runs(function()
      if _VERSION == 'Lua 5.1' and not jit then
        return -- nothing can be caught around a wait of others
      end
      local pair = assert(unix.pair())
      pair[1]:onwaitrecv(function()
        error('of the hook', 0)
      end)
      assert.same({ false, 'of the hook' }, { pcall(pair[1].recvsync, pair[1]) })
      pair[1]:onwaitrecv(nil)
      pair[2]:send('x')
      assert.equal('x', (pair[1]:recvsync()))
      pair[1]:close()
      pair[2]:close()
    end))

    it('that its hook closes gives EBADF', runs(function()
      local pair = assert(unix.pair())
      pair[1]:onwaitrecv(function()
        pair[1]:close()
        return true
      end)
      local msg, err = pair[1]:recv()
      assert.is_nil(msg)
      assert.matches('^%[EBADF:', err)
      pair[2]:close()
    end))

    it('wakes who waits when it is closed', runs(function()
      local pair = assert(unix.pair())
      local err
      crew.spawn(function()
        err = select(2, pair[2]:recv())
      end)
      adapter.sleep(0.01)
      pair[2]:close()
      adapter.sleep(0.01)
      assert.truthy(err:find('ECANCELED', 1, true))
      pair[1]:close()
    end))

    it('looks names up, and says so when there is no such name', runs(function()
      local client, err = inet.client.new({ host = 'no.such.host.invalid', port = 1 }, true, 20000)
      assert.is_nil(client)
      assert.truthy(err:find('^%[EAI_'))
    end))

    it('does not connect for longer than it may', runs(function()
      local path = network.free_path()
      local server = assert(unix.server.new({ path = path }))
      assert.is_nil(server:listen(0))
      local first = assert(unix.client.new({ path = path }))
      local _, err, timeout = unix.client.new({ path = path }, true, 30)
      assert.is_true(timeout)
      assert.truthy(err:find('ETIMEDOUT', 1, true))
      first:close()
      server:close()
      os.remove(path)
    end))

    it('passes descriptors and messages', runs(function()
      local pair = assert(unix.pair())
      crew.spawn(function()
        assert.equal(0, pair[1]:sendfd(0))
        local msg = net.msghdr.new()
        msg:add('one')
        msg:add('two')
        assert.equal(6, pair[1]:sendmsg(msg))
      end)
      local fd = assert(pair[2]:recvfd())
      assert.is_true(descriptors.is_open(fd))
      net.close(fd)
      local msg = net.msghdr.new()
      msg:addn(6)
      assert.equal(6, (pair[2]:recvmsg(msg)))
      assert.equal('onetwo', msg:concat())
      pair[1]:close()
      pair[2]:close()
    end))
  end)
end
