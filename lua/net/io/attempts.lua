-- SPDX-License-Identifier: MIT
-- Single attempts at what sockets do: functions by the names of methods, which take a socket of llsocket and what the
-- method takes.
--
--   of_sockets(flags, unblocks) two tables of them, and where an instance of net has its socket. Those that receive
--                               tell whether one has to wait; if not, what the method answers follows. Those that send
--                               give attempt(sent), which sends what follows after so many bytes: how many went, or nil
--                               and an error object; and whether one has to wait for the rest
--   rest_sender(sock, rest)     a function that takes flags and sends what is left of a string, as sock:sendmsg() does
--
-- `unblocks`: the sockets block, but not in an attempt. No attempt makes a tail call: with these LuaJIT does not know
-- by which name a function was called, which errors tell.

local llsocket = require('llsocket')
local errors = require('net.errors')

local text = errors.text

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

-- A function that calls the method `name`, which takes no flags, of a socket that may block.
local function caller(unblocks)
  return function(sock, name, ...)
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
end

local function receiving(flags, unblocks)
  local call = caller(unblocks)
  local attempts = {}

  function attempts.recv(sock, bufsize)
    local msg, err, again = sock:recv(bufsize, flags)
    return again, msg, text(err)
  end

  -- The error is in the place of the sender.
  function attempts.recvfrom(sock, bufsize)
    local msg, err, again, sender = sock:recvfrom(bufsize, flags)
    return again, msg, msg and sender or text(err)
  end

  -- Messages without bytes are whole.
  function attempts.recvmsg(sock, msg)
    local header = header_of(msg, 'recvmsg')
    local len, err, again = sock:recvmsg(header, flags)
    return again and len == 0, len, text(err), again
  end

  function attempts.recvfd(sock)
    local fd, err, again = sock:recvfd(flags)
    return again, fd, text(err)
  end

  function attempts.accept(listener)
    local sock, err, again
    repeat
      sock, err, again = call(listener, 'accept')
    until not (err and is_of_lost_connection[err.name])
    if sock and unblocks then
      sock:nonblock(false)
    end
    return again, sock, text(err)
  end

  return attempts
end

-- Sends a string that went in part. In an iovec the rest need not be copied each time.
local function rest_sender(sock, rest)
  local iov, message = llsocket.iovec.new(), llsocket.msghdr.new()
  iov:add(rest)
  message:iov(iov)
  return function(...)
    local len, err, again = sock:sendmsg(message, ...)
    if len and len > 0 then
      iov:consume(len)
    end
    return len, err, again
  end
end

-- A size of sendfile, before something is done with it.
local function check_size(value, index)
  if type(value) ~= 'number' then
    errors.argument(index, 'sendfile', 'integer expected, got ' .. type(value))
  end
end

local function sending(flags, unblocks)
  local call = caller(unblocks)
  local attempts = {}

  function attempts.send(sock, str)
    local send_rest
    return function(sent)
      if sent == 0 then
        local len, err, again = sock:send(str, flags)
        return len, err, again
      end
      send_rest = send_rest or rest_sender(sock, str:sub(sent + 1))
      return send_rest(flags)
    end
  end

  function attempts.sendto(sock, str, ai)
    return function()
      local len, err, again = sock:sendto(str, ai, flags)
      return len, err, again
    end
  end

  function attempts.sendfd(sock, fd, ai)
    return function()
      local len, err, again = sock:sendfd(fd, ai, flags)
      return len, err, again
    end
  end

  -- After a part the rest follows as plain bytes: the control messages went with the first.
  function attempts.sendmsg(sock, msg)
    local header, send_rest = header_of(msg, 'sendmsg'), nil
    return function(sent)
      if sent == 0 then
        local len, err, again = sock:sendmsg(header, flags)
        return len, err, again
      end
      send_rest = send_rest or rest_sender(sock, header:iov():concat(sent))
      return send_rest(flags)
    end
  end

  function attempts.sendfile(sock, file, bytes, offset)
    check_size(bytes, 2)
    check_size(offset or 0, 3)
    return function(sent)
      local len, err, again = call(sock, 'sendfile', file, bytes - sent, (offset or 0) + sent)
      return len, err, again
    end
  end

  return attempts
end

-- What retrying.lua wants to know of them.
local function of_sockets(flags, unblocks)
  return receiving(flags, unblocks), sending(flags, unblocks), 'sock'
end

return { of_sockets = of_sockets, rest_sender = rest_sender, check_size = check_size }
