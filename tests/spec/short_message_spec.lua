-- SPDX-License-Identifier: MIT
-- What sendmsg could not send at once is continued, and control data goes exactly once.

local descriptors = require('descriptors')
local expect = require('expect')
local llsocket = require('llsocket')
local messages = require('messages')
local network = require('network')

local socket = llsocket.socket
local bytes, message = messages.bytes, messages.message

describe('a short sendmsg', function()
  local size = 4 * 1024 * 1024

  -- Sends until all bytes of the message went, reading on the other side whenever nothing fits.
  local function send_all(from, mh, to)
    local parts, shorts = {}, 0
    while mh:bytes() > 0 do
      local n, err, again = from:sendmsg(mh)
      assert.is_nil(err)
      assert.equal(n ~= mh:bytes(), again)
      shorts = shorts + (again and 1 or 0)
      mh:iov():consume(n)
      parts[#parts + 1] = mh:bytes() > 0 and to:recv(size) or ''
    end
    return table.concat(parts), shorts
  end

  it('is continued after iovec:consume without a byte lost or repeated', function()
    local a, b = messages.pair(llsocket.SOCK_STREAM, true)
    local text = {}
    for i = 1, 64 do
      text[i] = (string.char(32 + i)):rep(size / 64 + i)
    end
    local head, shorts = send_all(a, message({ iov = bytes((table.unpack or unpack)(text)) }), b)
    assert.is_true(shorts > 1)
    a:close()
    local whole = head .. network.receive_all(b)
    assert.is_true(table.concat(text) == whole, 'the bytes differ')
  end)

  -- Receives the rest of the stream as messages; returns its size and the number of descriptors with it.
  local function receive_rest(sock)
    local total, passed = 0, 0
    while true do
      local mh = messages.receiver(65536)
      local n = sock:recvmsg(mh)
      if not n then
        return total, passed
      end
      total = total + n
      local fds = messages.take_fds(mh:control())
      passed = passed + #fds
      messages.close_all(fds)
    end
  end

  local function send_with_rights(a, mh)
    local sent = 0
    while mh:bytes() > 0 do
      local n = assert(a:sendmsg(mh))
      mh:iov():consume(n)
      sent = sent + n
      if n == 0 then
        return sent
      end
    end
    return sent
  end

  it('sends control data exactly once, with the first bytes', function()
    local before = descriptors.list()
    local a, b = messages.pair(llsocket.SOCK_STREAM, true)
    local mh = message({ iov = bytes(('x'):rep(size)), control = messages.rights(a:fd(), b:fd()) })
    local sent = send_with_rights(a, mh)
    assert.is_true(sent > 0 and sent < size)

    local first = messages.receiver(1)
    expect(b:recvmsg(first)):to_be(1, nil, false)
    local fds = messages.take_fds(first:control())
    assert.equal(2, #fds)
    messages.close_all(fds)

    b:recv(size)
    local more = send_with_rights(a, mh)
    assert.is_true(more > 0)
    a:close()
    local _, passed = receive_rest(b)
    assert.equal(0, passed)
    b:close()
    assert.same(before, descriptors.list())
  end)

  it('keeps control data while nothing at all was sent', function()
    local a, b = messages.pair(llsocket.SOCK_STREAM, true)
    network.fill(a)
    local mh = message({ iov = bytes('now'), control = messages.rights(a:fd()) })
    expect(a:sendmsg(mh)):to_be(0, nil, true)
    expect(a:sendmsg(mh)):to_be(0, nil, true)
    while b:recv(size) do
      assert.is_not_nil(b)
    end
    expect(a:sendmsg(mh)):to_be(3, nil, false)
    a:close()
    expect({ receive_rest(b) }):to_be({ 3, 1 })
  end)

  it('keeps control data when the send failed', function()
    local sock = socket.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM)
    local a, b = messages.pair(llsocket.SOCK_STREAM)
    local mh = message({ iov = bytes('now'), control = messages.rights(a:fd()) })
    expect(sock:sendmsg(mh)):to_fail('ENOTCONN')
    a:sendmsg(mh)
    a:close()
    expect({ receive_rest(b) }):to_be({ 3, 1 })
  end)

  it('sends control data again with the next message', function()
    local a, b = messages.pair(llsocket.SOCK_SEQPACKET)
    local mh = message({ iov = bytes('twice'), control = messages.rights(a:fd()) })
    a:sendmsg(mh)
    a:sendmsg(mh)
    a:close()
    expect({ receive_rest(b) }):to_be({ 10, 2 })
  end)

  it('takes what went out of the cmsghdrs', function()
    local a, b = messages.pair(llsocket.SOCK_STREAM, true)
    local mh = message({ iov = bytes(('x'):rep(size)), control = messages.rights(a:fd()) })
    assert.is_true(a:sendmsg(mh) < size)
    assert.equal(0, #mh:control())
    b:close()
  end)

  it('leaves room for control data of the next message in the same msghdr', function()
    local a, b = messages.pair(llsocket.SOCK_STREAM, true)
    local mh = message({ iov = bytes(('x'):rep(size)), control = messages.rights(a:fd()) })
    mh:iov():consume(assert(a:sendmsg(mh)))
    while b:recv(size) do
      assert.is_true(mh:bytes() > 0)
    end
    mh:control():push(llsocket.cmsghdr.rights(a:fd(), b:fd()))
    assert(a:sendmsg(mh))
    a:close()
    local _, passed = receive_rest(b)
    assert.equal(2, passed)
  end)
end)
