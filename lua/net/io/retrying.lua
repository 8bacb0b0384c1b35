-- SPDX-License-Identifier: MIT
-- What sockets do by trying, and waiting where that would block: in another event loop, and where a hook is to be
-- called before a wait.
--
-- The functions take a socket of net, for how many seconds at most (nil: as long as it takes), and what the method of
-- that name takes.

local llsocket = require('llsocket')
local deadline = require('net.deadline')
local errors = require('net.errors')

local text = errors.text

local is_gone = { EPIPE = true, ECONNRESET = true }

-- Errors of a connection that was lost before it was accepted (accept(2)): the next may be fine.
local is_of_lost_connection = {
  ECONNABORTED = true, EPROTO = true, ENETDOWN = true, ENOPROTOOPT = true, EHOSTDOWN = true, ENONET = true,
  EHOSTUNREACH = true, EOPNOTSUPP = true, ENETUNREACH = true,
}

-- The msghdr of llsocket in a message of net.
local function header_of(msg, name)
  if type(msg) ~= 'table' or not msg.header then
    errors.argument(1, name, 'net.MsgHdr expected, got ' .. type(msg))
  end
  return msg.header
end

-- What a hook has to say before a wait. True if that may begin; else nil and what the method answers.
local function ask(hook, context, seconds)
  local ok, err, timeout = hook(context, seconds and seconds * 1000)
  if ok then
    return true
  end
  return nil, err, timeout
end

-- The io of sockets that try with these flags, and wait with these functions: readable(socket, seconds) and
-- writable(socket, seconds), which give true; nil, nil, true when the time is over; or nil and a string. `unblocks`:
-- the sockets block, but not in an attempt.
local function over(waits, flags, unblocks)
  local io = { waits = waits }

  local function wait_to_read(self, due)
    local seconds = deadline.left(due)
    if self.onrecv then
      local ok, err, timeout = ask(self.onrecv, self.onrecv_context, seconds)
      if not ok then
        return nil, err, timeout
      end
      seconds = deadline.left(due)
    end
    return waits.readable(self.sock, seconds)
  end

  local function wait_to_write(self, due)
    local seconds = deadline.left(due)
    if self.onsend then
      local ok, err, timeout = ask(self.onsend, self.onsend_context, seconds)
      if not ok then
        return nil, err, timeout
      end
      seconds = deadline.left(due)
    end
    return waits.writable(self.sock, seconds)
  end

  function io.recv(self, seconds, bufsize)
    local due = deadline.after(seconds)
    while true do
      local msg, err, again = self.sock:recv(bufsize, flags)
      if not again then
        return msg, text(err)
      end
      local ok, failure, timeout = wait_to_read(self, due)
      if not ok then
        return nil, failure, timeout
      end
    end
  end

  function io.recvfrom(self, seconds, bufsize)
    local due = deadline.after(seconds)
    while true do
      local msg, err, again, ai = self.sock:recvfrom(bufsize, flags)
      if not again then
        return msg, ai, text(err)
      end
      local ok, failure, timeout = wait_to_read(self, due)
      if not ok then
        return nil, nil, failure, timeout
      end
    end
  end

  -- Messages without bytes are whole.
  function io.recvmsg(self, seconds, msg)
    local header = header_of(msg, 'recvmsg')
    local due = deadline.after(seconds)
    while true do
      local len, err, again = self.sock:recvmsg(header, flags)
      if not again or len ~= 0 then
        return len, text(err), again
      end
      local ok, failure, timeout = wait_to_read(self, due)
      if not ok then
        return nil, failure, timeout
      end
    end
  end

  function io.recvfd(self, seconds)
    local due = deadline.after(seconds)
    while true do
      local fd, err, again = self.sock:recvfd(flags)
      if not again then
        return fd, text(err)
      end
      local ok, failure, timeout = wait_to_read(self, due)
      if not ok then
        return nil, failure, timeout
      end
    end
  end

  -- Calls what has no flags.
  local function call(sock, name, ...)
    if unblocks then
      sock:nonblock(true)
    end
    local ok, first, err, again = pcall(sock[name], sock, ...)
    if unblocks then
      sock:nonblock(false)
    end
    if not ok then
      errors.hand_on(name, 1, first)
    end
    return first, err, again
  end

  function io.accept(self, seconds)
    local due = deadline.after(seconds)
    while true do
      local sock, err, again = call(self.sock, 'accept')
      if sock then
        if unblocks then
          sock:nonblock(false)
        end
        return sock
      elseif err and not is_of_lost_connection[err.name] then
        return nil, text(err)
      elseif again then
        local ok, failure, timeout = wait_to_read(self, due)
        if not ok then
          return nil, failure, timeout
        end
      end
    end
  end

  -- Sends all by attempts: attempt(sent) sends from there on. It makes no tail calls: with these LuaJIT does not know
  -- by which name a function was called, which errors tell.
  local function send_all(self, seconds, attempt)
    local due = deadline.after(seconds)
    local sent = 0
    while true do
      local len, err, again = attempt(sent)
      if err then
        if is_gone[err.name] then
          return nil
        end
        return sent > 0 and sent or nil, text(err)
      end
      sent = sent + len
      if not again then
        return sent
      end
      local ok, failure, timeout = wait_to_write(self, due)
      if not ok then
        return (timeout or sent > 0) and sent or nil, failure, timeout
      end
    end
  end

  -- Sends a string that went in part. In an iovec the rest need not be copied each time.
  local function rest_sender(sock, rest)
    local iov, message = llsocket.iovec.new(), llsocket.msghdr.new()
    iov:add(rest)
    message:iov(iov)
    return function()
      local len, err, again = sock:sendmsg(message, flags)
      if len and len > 0 then
        iov:consume(len)
      end
      return len, err, again
    end
  end

  function io.send(self, seconds, str)
    local sock, send_rest = self.sock, nil
    return send_all(self, seconds, function(sent)
      if sent == 0 then
        local len, err, again = sock:send(str, flags)
        return len, err, again
      end
      send_rest = send_rest or rest_sender(sock, str:sub(sent + 1))
      return send_rest()
    end)
  end

  function io.sendto(self, seconds, str, ai)
    return send_all(self, seconds, function()
      local len, err, again = self.sock:sendto(str, ai, flags)
      return len, err, again
    end)
  end

  function io.sendfd(self, seconds, fd, ai)
    return send_all(self, seconds, function()
      local len, err, again = self.sock:sendfd(fd, ai, flags)
      return len, err, again
    end)
  end

  -- After a part the rest follows as plain bytes: the control messages went with the first.
  function io.sendmsg(self, seconds, msg)
    local sock, header, send_rest = self.sock, header_of(msg, 'sendmsg'), nil
    return send_all(self, seconds, function(sent)
      if sent == 0 then
        local len, err, again = sock:sendmsg(header, flags)
        return len, err, again
      end
      send_rest = send_rest or rest_sender(sock, header:iov():concat(sent))
      return send_rest()
    end)
  end

  local function check_size(value, index)
    if type(value) ~= 'number' then
      errors.argument(index, 'sendfile', 'integer expected, got ' .. type(value))
    end
  end

  function io.sendfile(self, seconds, file, bytes, offset)
    check_size(bytes, 2)
    check_size(offset or 0, 3)
    return send_all(self, seconds, function(sent)
      local len, err, again = call(self.sock, 'sendfile', file, bytes - sent, (offset or 0) + sent)
      return len, err, again
    end)
  end

  return io
end

return over
