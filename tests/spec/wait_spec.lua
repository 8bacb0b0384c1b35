-- SPDX-License-Identifier: MIT
local expect = require('expect')
local llsocket = require('llsocket')
local network = require('network')

local socket = llsocket.socket

-- Seconds since the machine started, in hundredths.
local function uptime()
  local file = assert(io.open('/proc/uptime'))
  local seconds = file:read('*n')
  file:close()
  return seconds
end

describe('sock:recvable', function()
  it('is true when data is there', function()
    local a, b = network.pair()
    a:send('x')
    expect(b:recvable()):to_be(true)
    expect(b:recvable(0)):to_be(true)
    expect(b:recvable(5000)):to_be(true)
    expect(b:recvable(5000, true)):to_be(true)
  end)

  it('is false without an error when the time is over', function()
    local _, b = network.pair()
    expect(b:recvable()):to_be(false, nil, true)
    expect(b:recvable(nil, nil)):to_be(false, nil, true)
    expect(b:recvable(1)):to_be(false, nil, true)
    expect(b:recvable(0.5, false)):to_be(false, nil, true)
  end)

  it('is true at the end of a stream', function()
    local a, b = network.pair()
    a:close()
    expect(b:recvable(5000)):to_be(true)
    expect(b:recv()):to_be(nil)
  end)

  it('is true on a listener when somebody waits', function()
    local listener, address = network.listener(network.loopbacks[1])
    expect(listener:recvable()):to_be(false, nil, true)
    local client = socket.new(address:family(), llsocket.SOCK_STREAM)
    client:connect(address)
    expect(listener:recvable(5000)):to_be(true)
  end)

  it('is true when an error is pending, which the receive then tells', function()
    local a, b = network.udp_pair(network.loopbacks[1])
    b:close()
    a:send('into the void')
    expect(a:recvable(5000)):to_be(true)
    expect(a:recv()):to_fail('ECONNREFUSED')
  end)

  it('waits for urgent data only when asked', function()
    local client, server = network.tcp_pair(network.loopbacks[1])
    client:send('!', llsocket.MSG_OOB)
    expect(server:recvable(5000, true)):to_be(true)
    expect(server:recvable(0, false)):to_be(false, nil, true)
    expect(server:recvable(0)):to_be(false, nil, true)
  end)
end)

describe('sock:sendable', function()
  it('is true while something fits', function()
    local a = network.pair()
    expect(a:sendable()):to_be(true)
    expect(a:sendable(5000)):to_be(true)
    expect(a:sendable(5000, true)):to_be(true)
  end)

  it('is false without an error while nothing fits, and true once the peer has read', function()
    local a, b = network.pair()
    local size = network.fill(a)
    expect(a:sendable()):to_be(false, nil, true)
    expect(a:sendable(1)):to_be(false, nil, true)
    network.receive_all(b, size)
    expect(a:sendable(5000)):to_be(true)
  end)

  it('is true when the peer is gone, which the send then tells', function()
    local a, b = network.pair()
    network.fill(a)
    b:close()
    expect(a:sendable(5000)):to_be(true)
    local _, err = a:send('x')
    assert.is_truthy(err.name == 'EPIPE' or err.name == 'ECONNRESET', err.name)
  end)
end)

describe('a wait', function()
  it('rounds a fraction of a millisecond up, so that it never turns into a busy loop', function()
    local _, b = network.pair()
    local before = uptime()
    for _ = 1, 60 do
      b:recvable(0.1)
    end
    assert.is_true(uptime() - before >= 0.05)
  end)

  it('takes as long as it should, asleep', function()
    local _, b = network.pair()
    local before, cpu_before = uptime(), os.clock()
    expect(b:recvable(120)):to_be(false, nil, true)
    assert.is_true(uptime() - before >= 0.11)
    assert.is_true(os.clock() - cpu_before < 0.06)
  end)

  it('does not end early when a full buffer stays full', function()
    local a = network.pair()
    network.fill(a)
    local before = uptime()
    expect(a:sendable(30)):to_be(false, nil, true)
    assert.is_true(uptime() - before >= 0.02)
  end)

  for _, method in ipairs({ 'recvable', 'sendable' }) do
    describe('by ' .. method, function()
      it('is EBADF on a closed socket', function()
        local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
        sock:close()
        for _, msec in ipairs({ 0, 5000 }) do
          local err = expect(sock[method](sock, msec)):to_fail('EBADF', false)
          assert.equal('poll', err.op)
          assert.equal(method, err.method)
        end
      end)

      it('is EBADF on a descriptor that was closed behind its back', function()
        local sock = socket.new(llsocket.AF_INET, llsocket.SOCK_STREAM)
        socket.close(sock:fd())
        expect(sock[method](sock, 5000)):to_fail('EBADF', false)
        sock:unwrap()
      end)

      it('takes milliseconds that a poll can take', function()
        local a = network.pair()
        a:shutdown()
        expect(a[method](a, 2147483647)):to_be(true)
        for _, case in ipairs({
          { -1, 'out of range (0 to 2147483647)' },
          { -0.1, 'out of range (0 to 2147483647)' },
          { 2147483648, 'out of range (0 to 2147483647)' },
          { math.huge, 'out of range (0 to 2147483647)' },
          { 0 / 0, 'out of range (0 to 2147483647)' },
          { '5', 'number expected, got string' },
          { true, 'number expected, got boolean' },
        }) do
          local call = (loadstring or load)('local a, msec = ... a:' .. method .. '(msec)')
          expect.raised(("bad argument #1 to '%s' (%s)"):format(method, case[2]), function()
            call(a, case[1])
          end)
        end
      end)

      it('takes a boolean for exceptions', function()
        local a = network.pair()
        local call = (loadstring or load)('local a = ... a:' .. method .. '(0, 1)')
        expect.raised(("bad argument #2 to '%s' (boolean expected, got number)"):format(method), function()
          call(a)
        end)
      end)
    end)
  end
end)
