-- SPDX-License-Identifier: MIT
-- The modules of all generations of the API, as a program requires them.

local child = require('child')

local generations = {
  { name = 'llsocket.v1', submodules = { 'inet', 'unix', 'opt' } },
  { name = 'llsocket.v2', submodules = { 'inet', 'unix', 'socket', 'device', 'env' } },
  {
    name = 'llsocket.v3',
    submodules = { 'inet', 'unix', 'socket', 'msghdr', 'cmsghdr', 'cmsghdrs', 'iovec', 'device', 'env' },
  },
  {
    name = 'llsocket',
    submodules = { 'socket', 'addrinfo', 'msghdr', 'cmsghdr', 'cmsghdrs', 'iovec', 'device', 'env', 'errno' },
  },
}

for _, generation in ipairs(generations) do
  describe('module ' .. generation.name, function()
    local module = require(generation.name)

    it('has each submodule as a field and as a module of its own, the same table', function()
      for _, name in ipairs(generation.submodules) do
        assert.is_table(module[name], name)
        assert.equal(module[name], require(generation.name .. '.' .. name), name)
      end
    end)

    it('has no other submodule', function()
      local expected = {}
      for _, name in ipairs(generation.submodules) do
        expected[name] = true
      end
      for name, value in pairs(module) do
        assert.equal(expected[name] or false, type(value) == 'table', name)
      end
      for _, other in ipairs(generations) do
        for _, name in ipairs(other.submodules) do
          assert.equal(expected[name] or false, pcall(require, generation.name .. '.' .. name), name)
        end
      end
    end)

    it('gives the same tables when a submodule is required first', function()
      for _, name in ipairs(generation.submodules) do
        local program = "local first = require('%s.%s')\nprint(first == require('%s').%s)"
        local output = child.output(program:format(generation.name, name, generation.name, name))
        assert.equal('true\n', output, name)
      end
    end)

    it('gives the same tables when it is loaded a second time', function()
      local output = child.output(([[
        local name, field = '%s', '%s'
        local module, submodule = require(name), require(name .. '.' .. field)
        package.loaded[name], package.loaded[name .. '.' .. field] = nil, nil
        print(require(name) == module, require(name .. '.' .. field) == submodule)
      ]]):format(generation.name, generation.submodules[1]))
      assert.equal('true\ttrue\n', output)
    end)

    it('sets no global and adds nothing to the tables of Lua', function()
      local output = child.output(([[
        local tables, before = { _G, string, table, io, os, math, debug }, {}
        for i, t in ipairs(tables) do
          before[i] = {}
          for key, value in pairs(t) do before[i][key] = value end
        end
        require('%s')
        for i, t in ipairs(tables) do
          for key, value in pairs(t) do
            if before[i][key] ~= value then print(key) end
          end
        end
      ]]):format(generation.name))
      assert.equal('', output)
    end)

    it('changes no signal when it is loaded', function()
      local output = child.output(([[
        local function signals()
          local masks = {}
          for line in io.lines('/proc/self/status') do
            if line:match('^Sig[BIC]') then masks[#masks + 1] = line end
          end
          return table.concat(masks, '\n')
        end
        local before = signals()
        require('%s')
        print(before ~= '' and before == signals())
      ]]):format(generation.name))
      assert.equal('true\n', output)
    end)

    it('opens no descriptor when it is loaded', function()
      local output = child.output(([[
        local descriptors = require('descriptors')
        local before = table.concat(descriptors.list(), ' ')
        require('%s')
        print(before == table.concat(descriptors.list(), ' '))
      ]]):format(generation.name))
      assert.equal('true\n', output)
    end)
  end)
end

describe('the four generations in one program', function()
  local modules = {}
  for i, generation in ipairs(generations) do
    modules[i] = require(generation.name)
  end

  it('are tables of their own, with submodules of their own', function()
    local seen = {}
    for i, generation in ipairs(generations) do
      assert.is_nil(seen[modules[i]], generation.name)
      seen[modules[i]] = true
      for _, name in ipairs(generation.submodules) do
        local submodule = modules[i][name]
        assert.is_nil(seen[submodule], generation.name .. '.' .. name)
        seen[submodule] = true
      end
    end
  end)

  it('have the same constants', function()
    for name, value in pairs(modules[4]) do
      if type(value) == 'number' then
        for i = 1, 3 do
          assert.equal(value, modules[i][name], name)
        end
        assert.equal(value, modules[1].opt[name], name)
      end
    end
  end)

  it('talk to each other', function()
    local v1, v2, v3, v4 = modules[1], modules[2], modules[3], modules[4]
    local server = assert(v2.socket.new(v2.inet.getaddrinfo('127.0.0.1', '0')[1]))
    assert.is_nil(server:bind())
    assert.is_nil(server:listen())
    local fd = assert(v1.inet.connect('127.0.0.1', server:getsockname():port(), v1.SOCK_STREAM))
    local peer = assert(server:accept())

    assert.equal(5, peer:send('hello'))
    assert.equal('hello', v1.recv(fd))
    local third = assert(v3.socket.wrap(fd))
    assert.equal(5, third:send('world'))
    assert.equal('world', peer:recv())
    local fourth = assert(v4.socket.wrap(third:unwrap()))
    assert.equal(3, peer:send('bye'))
    assert.equal('bye', fourth:recv())
  end)
end)
