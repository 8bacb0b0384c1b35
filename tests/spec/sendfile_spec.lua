-- SPDX-License-Identifier: MIT
local child = require('child')
local descriptors = require('descriptors')
local expect = require('expect')
local network = require('network')

-- A temporary file with this content, which is on its way to the disk at the latest now.
local function file_with(content)
  local file = io.tmpfile()
  file:write(content)
  file:flush()
  return file
end

-- A file handle and the number of its descriptor.
local function numbered_file(content)
  local fd, file = descriptors.of(function()
    return file_with(content)
  end)
  return file, fd
end

describe('sock:sendfile', function()
  it('sends bytes of a file by its descriptor number', function()
    local a, b = network.pair()
    local file, fd = numbered_file('hello, world')
    expect(a:sendfile(fd, 12)):to_be(12, nil, false)
    expect(b:recv()):to_be('hello, world')
    file:close()
  end)

  it('sends bytes of a file handle', function()
    local a, b = network.pair()
    expect(a:sendfile(file_with('hello, world'), 5)):to_be(5, nil, false)
    expect(b:recv()):to_be('hello')
  end)

  network.each_loopback(function(loopback)
    it('sends over TCP: ' .. loopback.name, function()
      local client, server = network.tcp_pair(loopback)
      expect(client:sendfile(file_with('hello, world'), 12)):to_be(12, nil, false)
      assert.equal('hello, world', network.receive_all(server, 12))
    end)
  end)

  it('begins at the offset', function()
    local a, b = network.pair()
    local file = file_with('hello, world')
    expect(a:sendfile(file, 5, 7)):to_be(5, nil, false)
    expect(b:recv()):to_be('world')
    expect(a:sendfile(file, 1, 0)):to_be(1, nil, false)
    expect(b:recv()):to_be('h')
  end)

  it('begins at the start of the file without an offset, wherever the position is', function()
    local a, b = network.pair()
    local file = file_with('hello, world')
    assert.equal('world', file:seek('set', 7) and file:read(5))
    expect(a:sendfile(file, 5)):to_be(5, nil, false)
    expect(b:recv()):to_be('hello')
  end)

  it('leaves the position of the file alone', function()
    local a = network.pair()
    local file, fd = numbered_file('hello, world')
    file:seek('set', 3)
    a:sendfile(file, 5, 6)
    a:sendfile(fd, 5, 6)
    assert.equal(3, file:seek())
    assert.equal('lo, ', file:read(4))
    a:sendfile(file, 5, 0)
    assert.equal('world', file:read(5))
  end)

  it('writes the pending output of a file handle first', function()
    local a, b = network.pair()
    local file = io.tmpfile()
    file:setvbuf('full')
    file:write('not yet on the disk')
    expect(a:sendfile(file, 19)):to_be(19, nil, false)
    expect(b:recv()):to_be('not yet on the disk')
    file:write(', and more')
    expect(a:sendfile(file, 10, 19)):to_be(10, nil, false)
    expect(b:recv()):to_be(', and more')
  end)

  it('is short when the file ends, and then 0, which is no reason to try again', function()
    local a, b = network.pair()
    local file = file_with('hello')
    expect(a:sendfile(file, 100, 2)):to_be(3, nil, true)
    expect(a:sendfile(file, 97, 5)):to_be(0, nil, false)
    expect(a:sendfile(file, 1, 1000000)):to_be(0, nil, false)
    expect(b:recv()):to_be('llo')
  end)

  it('sends nothing when asked for nothing', function()
    local a, b = network.pair(nil, true)
    expect(a:sendfile(file_with('hello'), 0)):to_be(0, nil, false)
    expect(b:recv()):to_be(nil, nil, true)
  end)

  it('takes a request for a TiB', function()
    local a, b = network.pair()
    expect(a:sendfile(file_with('hello'), 2 ^ 40)):to_be(5, nil, true)
    expect(b:recv()):to_be('hello')
  end)

  it('sends a large file in short calls from offset to offset', function()
    local a, b = network.pair(nil, true)
    local content = {}
    for i = 1, 200000 do
      content[i] = ('%08d\n'):format(i)
    end
    content = table.concat(content)
    local file, offset, received, blocked = file_with(content), 0, {}, false
    repeat
      local n, err, again = a:sendfile(file, #content - offset, offset)
      assert.is_nil(err)
      blocked = blocked or again
      offset = offset + n
      local part = b:recv(1000000)
      received[#received + 1] = part
    until offset == #content
    a:close()
    received[#received + 1] = network.receive_all(b)
    assert.is_true(blocked)
    assert.is_true(content == table.concat(received))
  end)

  it('asks to try again, without an error, while nothing fits', function()
    local a = network.pair(nil, true)
    network.fill(a)
    expect(a:sendfile(file_with('hello'), 5)):to_be(0, nil, true)
  end)

  it('returns EPIPE when the peer is gone', function()
    local a, b = network.pair()
    b:close()
    local err = expect(a:sendfile(file_with('hello'), 5)):to_fail('EPIPE')
    assert.equal('sendfile', err.op)
    assert.equal('sendfile', err.method)
  end)

  it('reads and sends a file that the kernel does not send itself', function()
    local a, b = network.pair()
    local empty, zeros = assert(io.open('/dev/null')), assert(io.open('/dev/zero'))
    expect(a:sendfile(empty, 5)):to_be(0, nil, false)
    expect(a:sendfile(zeros, 5)):to_be(5, nil, false)
    expect(b:recv()):to_be(('\0'):rep(5))
    empty:close()
    zeros:close()
  end)

  it('returns the error of output that cannot be written, and raises no SIGPIPE', function()
    local text = child.output([[
      local socket, SOCK_STREAM = require('llsocket').socket, require('llsocket').SOCK_STREAM
      local a = socket.pair(SOCK_STREAM)[1]
      local pipe = io.popen('exec true', 'w')
      local err
      repeat -- until the other program has ended
        pipe:write('x')
        err = select(2, a:sendfile(pipe, 1))
      until err.name == 'EPIPE'
      print(err.op)
    ]])
    assert.equal('fflush\n', text)
  end)

  it('returns the errors of a descriptor that cannot be sent', function()
    local a, b = network.pair()
    local file, fd = numbered_file('hello')
    file:close()
    expect(a:sendfile(fd, 5)):to_fail('EBADF')
    local pipe = io.popen('exec true')
    for _, stream in ipairs({ b:fd(), pipe }) do
      local n, err = a:sendfile(stream, 5)
      assert.is_nil(n)
      assert.is_truthy(err.name == 'EINVAL' or err.name == 'ESPIPE', err.name)
    end
    pipe:close()
  end)

  it('refuses a file handle that is closed', function()
    local a = network.pair()
    local file = file_with('hello')
    file:close()
    expect.raised("bad argument #1 to 'sendfile' (file is closed)", function()
      a:sendfile(file, 5)
    end)
  end)

  it('refuses what is no file and no size', function()
    local a, b = network.pair()
    local file = file_with('hello')
    for text, call in pairs({
      ["#1 to 'sendfile' (file or integer expected, got llsocket.socket)"] = function() a:sendfile(b, 5) end,
      ["#1 to 'sendfile' (file or integer expected, got string)"] = function() a:sendfile('/etc/passwd', 5) end,
      ["#1 to 'sendfile' (file or integer expected, got no value)"] = function() a:sendfile() end,
      ["#1 to 'sendfile' (out of range (0 to 2147483647))"] = function() a:sendfile(-1, 5) end,
      ["#2 to 'sendfile' (integer expected, got no value)"] = function() a:sendfile(file) end,
      ["#2 to 'sendfile' (integer expected, got string)"] = function() a:sendfile(file, '5') end,
      ["#2 to 'sendfile' (number has no integer representation)"] = function() a:sendfile(file, 0.5) end,
      ["#3 to 'sendfile' (integer expected, got string)"] = function() a:sendfile(file, 5, '0') end,
      ["#2 to 'sendfile' (out of range (0 to 9223372036854775807))"] = function() a:sendfile(file, -1) end,
      ["#3 to 'sendfile' (out of range (0 to 9223372036854775807))"] = function() a:sendfile(file, 5, -1) end,
    }) do
      expect.raised('bad argument ' .. text, call)
    end
  end)
end)
