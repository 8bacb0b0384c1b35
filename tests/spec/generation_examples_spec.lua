-- SPDX-License-Identifier: MIT
-- Echo server and client of each generation, under examples/generations/: any client gets on with any server.
local llsocket = require('llsocket')
local program = require('program')

local addrinfo, socket = llsocket.addrinfo, llsocket.socket
local generations = { 'v1', 'v2', 'v3', 'v4' }

local function example(name)
  return 'examples/generations/' .. name .. '.lua'
end

local function port_of(line)
  return tonumber(line:match('^listening on 127%.0%.0%.1 port (%d+)$') or error(line))
end

-- Runs `use` with a server of that generation and its port.
local function with_server(generation, use)
  local server = program.start(example(generation .. '_server'), { 0 })
  local ok, err = pcall(use, server, port_of(server:line()))
  server:stop()
  assert(ok, err)
end

local function with_file(content, use)
  local path = program.file(content)
  local text, status = use(path)
  os.remove(path)
  return text, status
end

local function run_client(generation, port, content)
  return with_file(content, function(path)
    return program.run(example(generation .. '_client'), { port }, { stdin = path })
  end)
end

local function assert_echo(generation, port, content)
  local text, status = run_client(generation, port, content)
  assert.are.equal(content, text)
  assert.are.equal(0, status)
end

-- A socket of ours that is bound to a free port, and the port.
local function bound()
  local sock = assert(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
  assert(sock:bind(addrinfo.inet('127.0.0.1', 0)))
  return sock, sock:getsockname():port()
end

for _, generation in ipairs(generations) do
  describe('the echo server of ' .. generation, function()
    for _, other in ipairs(generations) do
      it('sends back what the client of ' .. other .. ' says', function()
        with_server(generation, function(server, port)
          for _, content in ipairs({ 'hello\n' .. ('long '):rep(20000) .. '\n\nbye\n', 'again\n' }) do
            assert_echo(other, port, content)
            assert.is_truthy(server:line():match('^127%.0%.0%.1 port %d+: done$'))
          end
        end)
      end)
    end

    it('outlives a client that cuts the connection', function()
      with_server(generation, function(server, port)
        local sock = assert(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
        assert(sock:connect(addrinfo.inet('127.0.0.1', port)))
        sock:linger(0)
        sock:close()
        assert.is_truthy(server:line():find('reset by peer', 1, true))
        assert_echo(generation, port, 'still here\n')
      end)
    end)

    it('says why it cannot have a port', function()
      local listener, port = bound()
      assert(listener:listen())
      local text, status = program.run(example(generation .. '_server'), { port })
      listener:close()
      assert.are.equal(1, status)
      assert.is_truthy(text:match('^' .. generation .. '_server: .*%[EADDRINUSE:%d+%]'), text)
    end)
  end)

  describe('the echo client of ' .. generation, function()
    it('says why it cannot connect', function()
      local sock, port = bound() -- ours, and nobody listens on it
      local text, status = run_client(generation, port, 'x\n')
      sock:close()
      assert.are.equal(1, status)
      assert.is_truthy(text:match('^' .. generation .. '_client: .*%[ECONNREFUSED:%d+%]'), text)
    end)

    it('says that the server left without an answer', function()
      local listener, port = bound()
      assert(listener:listen())
      local client = program.start(example(generation .. '_client'), { port }, { stdin = 'README.md' })
      local peer = assert(listener:accept())
      assert(peer:recv())
      assert(peer:shutdown(llsocket.SHUT_WR))
      assert.are.equal(generation .. '_client: the server ended the stream', client:line())
      client:stop()
      peer:close()
      listener:close()
    end)

    it('tells its usage when arguments are missing', function()
      local text, status = program.run(example(generation .. '_client'))
      assert.are.equal(2, status)
      assert.are.equal('usage: ' .. generation .. '_client.lua PORT [HOST]\n', text)
    end)
  end)
end

describe('the echo server of v1', function()
  it('serves a client while another says nothing', function()
    with_server('v1', function(server, port)
      local silent = assert(socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM))
      assert(silent:connect(addrinfo.inet('127.0.0.1', port)))
      assert_echo('v1', port, 'me too\n')
      assert.is_truthy(server:line():find('done', 1, true))
      silent:close()
      assert.is_truthy(server:line():find('done', 1, true))
    end)
  end)
end)
