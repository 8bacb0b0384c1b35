-- SPDX-License-Identifier: MIT
-- No call raises SIGPIPE, with the default disposition of the signal, which stays as it is. Each call runs in a process
-- of its own, which the signal would kill.
local child = require('child')

-- Whether this process, whose children inherit it, ignores SIGPIPE.
local function is_ignored()
  for line in io.lines('/proc/self/status') do
    local mask = line:match('^SigIgn:%s*(%x+)')
    if mask then
      return math.floor(tonumber(mask:sub(-4), 16) / 4096) % 2 == 1
    end
  end
end

-- In these, `sock` is a socket whose peer is gone.
local calls = {
  write = 'sock:write("x")',
  send = 'sock:send("x")',
  ['send with flags'] = 'sock:send("x", llsocket.MSG_DONTWAIT)',
  sendfile = 'sock:sendfile(file, 1)',
  sendmsg = 'sock:sendmsg(message)',
  sendfd = 'sock:sendfd(0)',
  writev = 'iov:writev(sock:fd())',
}

local program = [[
  local llsocket = require('llsocket')
  local function signals()
    local masks = {}
    for line in io.lines('/proc/self/status') do
      if line:match('^Sig[BIC]') or line:match('^S..Pnd') then masks[#masks + 1] = line end
    end
    return table.concat(masks, '\n')
  end
  local file = io.tmpfile()
  file:write('x')
  local iov, message = llsocket.iovec.new(), llsocket.msghdr.new()
  iov:add('x')
  message:iov(iov)
  local socks = llsocket.socket.pair(llsocket.SOCK_STREAM)
  local sock = socks[1]
  socks[2]:close()
  local before = signals()
  for _ = 1, 2 do
    local _, err = %s
    print(err.name)
  end
  print(before == signals())
]]

describe('a peer that is gone is EPIPE and no signal:', function()
  for name, call in pairs(calls) do
    it(name, function()
      if is_ignored() then
        pending('this process ignores SIGPIPE, and so does its child')
      end
      assert.equal('EPIPE\nEPIPE\ntrue\n', child.output(program:format(call)))
    end)
  end

  it('writev to a pipe', function()
    if is_ignored() then
      pending('this process ignores SIGPIPE, and so does its child')
    end
    local output = child.output([[
      local llsocket, descriptors = require('llsocket'), require('descriptors')
      local fd, pipe = descriptors.of(function() return io.popen('exec true', 'w') end)
      local iov = llsocket.iovec.new()
      iov:add('x')
      local n, err
      repeat
        n, err = iov:writev(fd) -- until the reader is gone
      until err
      print(n, err.name, err.op)
    ]])
    assert.equal('0\tEPIPE\twritev\n', output)
  end)
end)
