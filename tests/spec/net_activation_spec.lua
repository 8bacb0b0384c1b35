-- SPDX-License-Identifier: MIT
-- Sockets that systemd, or whoever acts as it does, hands to a program that it starts: sd_listen_fds(3).
local child = require('child')
local expect = require('expect')
local loops = require('loops')
local net = require('net')
local network = require('network')
local program = require('program')

local server = net.stream.inet.server

local function answer_to(client)
  assert(client:send('hello'))
  local text = assert(client:recv())
  client:close()
  return text
end

-- The text that a program gets from its first server's name, class and first message.
local ANSWER = [[
local net = require('net')
local function answer(server)
  assert(server:cloexec())
  local sock = assert(server:accept())
  sock:send(('%s %s %s'):format(server.name, server.__name, sock:recv()))
  sock:close()
end
]]

local function activated(options, text)
  return child.start(ANSWER .. text, ('timeout 60 systemd-socket-activate %s %s'):format(program.handed_on(), options))
end

-- Connects as soon as somebody listens.
local function connect(path)
  local client
  repeat
    client = net.stream.unix.client.new({ path = path })
  until client
  return client
end

describe('sockets', function()
  it('gives servers for what systemd-socket-activate listens at', function()
    local path = network.free_path()
    local pipe = activated(('--fdname=web -l %s'):format(path), [[
    assert(#net.stream.Server.sockets() == 1)
    assert(#net.stream.Server.sockets('web') == 1)
    assert(#net.stream.Server.sockets('other') == 0)
    answer(net.stream.Server.sockets('web')[1])
    assert(net.stream.Server.sockets()[1] == net.stream.Server.sockets()[1])
    io.write('done')
    ]])
    expect(answer_to(connect(path))):to_be('web net.stream.unix.Server hello')
    local written = pipe:read('*a')
    pipe:close()
    assert.truthy(written:find('done$'), written)
    os.remove(path)
  end)

  it('gives servers that can be made ones of another class', function()
    local path = network.free_path()
    local pipe = activated(('--fdname=web -l %s'):format(path), [[
    local Own = net.class('Own', net.stream.unix.Server)
    answer(setmetatable(net.stream.Server.sockets('web')[1], Own))
    ]])
    expect(answer_to(connect(path))):to_be('web Own hello')
    pipe:close()
    os.remove(path)
  end)

  it('gives servers that suspend in a task', function()
    local path = network.free_path()
    local pipe = activated(('-l %s'):format(path), [[
    assert(net.loop.run(function()
      local server = assert(net.stream.Server.sockets())[1]
      assert(server:isnonblock())
      answer(server)
    end))
    io.write('done')
    ]])
    assert.truthy(answer_to(connect(path)):find('net.stream.unix.Server hello$'))
    local written = pipe:read('*a')
    pipe:close()
    assert.truthy(written:find('done$'), written)
    os.remove(path)
  end)

  it('gives none where nothing was passed, or to another process', function()
    assert.same({}, server.sockets())
    local text = "assert(#require('net').stream.Server.sockets() == 0)"
    child.output(text, 'export LISTEN_PID=1 LISTEN_FDS=1')
    child.output(text, 'export LISTEN_FDS=1')
  end)

  it('tells of descriptors that are no listening sockets', function()
    local pipe = child.start([[
    io.write(tostring(select(2, require('net').stream.Server.sockets())))
    ]], [[LISTEN_FDS=1 sh -c 'exec 3</dev/null; LISTEN_PID=$$ exec "$@"' sh]])
    local written = pipe:read('*a')
    pipe:close()
    assert.equal('[ENOTSOCK:88][getsockopt] Socket operation on non-socket (descriptor 3)', written)
  end)

  -- What a program writes that is told of so many descriptors.
  local function told_of(count, text)
    local pipe = child.start(text, ([[LISTEN_FDS=%s sh -c 'LISTEN_PID=$$ exec "$@"' sh]]):format(count))
    local written = pipe:read('*a')
    pipe:close()
    return written
  end

  it('believes no number of descriptors that is none, and looks no further than the first that is not there', function()
    for _, count in ipairs({ '1e15', 'inf', '0x1', '1.5', '-1', 'x' }) do
      assert.equal('0', told_of(count, "io.write(#require('net').stream.Server.sockets())"))
    end
    local err = told_of('99999999999999', "io.write(select(2, require('net').stream.Server.sockets()))")
    assert.truthy(err:find('^%[E%u+:%d+%].* %(descriptor %d+%)$'), err)
  end)

  it('leaves all descriptors to the program if one is wrong', function()
    local path = network.free_path()
    local pipe = activated(([[-l %s sh -c 'exec 4</dev/null; LISTEN_FDS=2 exec "$@"' sh]]):format(path), [[
    for _ = 1, 2 do
      print((select(3, net.loop.run(net.stream.Server.sockets))))
      collectgarbage()
      collectgarbage()
    end
    local opt = require('llsocket.v1').opt
    print(opt.cloexec(3), opt.nonblock(3))
    ]])
    local client = connect(path)
    local written = pipe:read('*a')
    pipe:close()
    client:close()
    os.remove(path)
    local line = '[ENOTSOCK:88][getsockopt] Socket operation on non-socket (descriptor 4)\n'
    assert.truthy(written:find(line .. line .. 'false\tfalse\n', 1, true), written)
  end)

  it('refuses a name that is no string', function()
    loops.raised("bad argument #1 to 'sockets' (string expected, got number)", function()
      server.sockets(5)
    end)
  end)
end)
