-- SPDX-License-Identifier: MIT
-- Every program under examples/ does what it says.
local program = require('program')
local llsocket = require('llsocket')

local function example(name)
  return 'examples/' .. name .. '.lua'
end

describe('an example', function()
  local started, files

  before_each(function()
    started, files = {}, {}
  end)

  after_each(function()
    for _, running in ipairs(started) do
      running:stop()
    end
    for _, path in ipairs(files) do
      os.remove(path)
    end
  end)

  local function start(name, arguments, options)
    started[#started + 1] = program.start(example(name), arguments, options)
    return started[#started]
  end

  local function file(content)
    files[#files + 1] = program.file(content)
    return files[#files]
  end

  local function free_path()
    local path = file('')
    os.remove(path)
    return path
  end

  local function output(name, arguments, options)
    local text, status = program.run(example(name), arguments, options)
    assert.are.equal(0, status, text)
    return text
  end

  it('tcp_echo_client gets back from tcp_echo_server what it sends', function()
    local server = start('tcp_echo_server', { 0 })
    local port = server:line():match('^listening on 127%.0%.0%.1 port (%d+)$')
    local lines = 'hello\n' .. ('long '):rep(20000) .. '\nbye\n'
    assert.are.equal(lines, output('tcp_echo_client', { port }, { stdin = file(lines) }))
    assert.is_truthy(server:line():match('^127%.0%.0%.1 port %d+: done$'))
    assert.are.equal('again\n', output('tcp_echo_client', { port, 'localhost' }, { stdin = file('again\n') }))
  end)

  it('tcp_echo_client says why it cannot connect', function()
    local listener = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
    assert(listener:bind(llsocket.addrinfo.inet('127.0.0.1', 0)))
    local port = listener:getsockname():port() -- ours, and nobody listens on it
    local text, status = program.run(example('tcp_echo_client'), { port }, { stdin = file('x\n') })
    listener:close()
    assert.are.equal(1, status)
    assert.is_truthy(text:find('ECONNREFUSED', 1, true), text)
  end)

  it('multicast_chat lets two parties hear each other', function()
    local group, interface = '239.255.42.42', 'lo'
    local ann = start('multicast_chat', { 'listen', group, 0, interface })
    local port = ann:line():match('^listening to 239%.255%.42%.42 port (%d+)$')
    local bob = start('multicast_chat', { 'listen', group, port, interface })
    assert.is_truthy(bob:line():match('^listening to '))

    output('multicast_chat', { 'say', 'Ann', group, port, interface }, { stdin = file('hello\nanyone?\n') })
    output('multicast_chat', { 'say', 'Bob', group, port, interface }, { stdin = file('yes\n') })
    for _, listener in ipairs({ ann, bob }) do
      assert.is_truthy(listener:line():match('^%S+ Ann: hello$'))
      assert.is_truthy(listener:line():match('^%S+ Ann: anyone%?$'))
      assert.is_truthy(listener:line():match('^%S+ Bob: yes$'))
    end
  end)

  it('pass_descriptor hands the content of an open file over', function()
    local path, content = free_path(), ('content\n'):rep(20000)
    local giver = start('pass_descriptor', { 'give', path }, { stdin = file(content) })
    assert.are.equal('waiting at ' .. path, giver:line())
    assert.are.equal(content, output('pass_descriptor', { 'take', path }))
    assert.is_nil(giver:line())
    assert.is_nil(io.open(path))
  end)

  it('interfaces lists the loopback interface', function()
    local text = output('interfaces')
    assert.is_truthy(text:match('%d+: %S+  mtu %d+  [%l ]*loopback'), text)
    assert.is_truthy(text:find('    inet 127.0.0.1 mask 255.0.0.0', 1, true), text)
  end)

  local function figures_of_tour(arguments, options)
    local text = output('loop_tour', arguments, options)
    local line = '^(%d+) tasks, (%d+) at once; (%d+) echoes in [%d.]+ s, %d+ a second; ' ..
      '[%d.]+ KB of Lua memory a task; longest step [%d.]+ ms\n$'
    local tasks, most, echoes = text:match(line)
    assert.is_truthy(tasks, text)
    return tonumber(tasks), tonumber(most), tonumber(echoes)
  end

  it('loop_tour has an echo from each task for all that it says, and shows no progress in a file', function()
    assert.are.same({ 200, 200, 2000 }, { figures_of_tour({ '-n', 200 }) })
  end)

  it('loop_tour runs more tasks than there are descriptors, by turns', function()
    local tasks, most, echoes = figures_of_tour({ '-n', 200 }, { environment = 'ulimit -n 64;' })
    assert.are.same({ 200, 2000 }, { tasks, echoes })
    assert.is_true(most < 32, most .. ' at once')
  end)

  it('loop_tour says what COUNT is when it is something else', function()
    for _, arguments in ipairs({ { '-n' }, { '-n', 0 }, { '-n', 1.5 }, { '-n', 'many' }, { 200 } }) do
      local text, status = program.run(example('loop_tour'), arguments)
      assert.are.equal(2, status)
      assert.are.equal('usage: loop_tour.lua [-n COUNT], where COUNT is a whole number from 1\n', text)
    end
  end)

  for _, name in ipairs({ 'tcp_echo_client', 'multicast_chat', 'pass_descriptor' }) do
    it(name .. ' tells its usage when arguments are missing', function()
      local text, status = program.run(example(name))
      assert.are.equal(2, status)
      assert.is_truthy(text:match('^usage: ' .. name .. '%.lua'), text)
    end)
  end
end)
