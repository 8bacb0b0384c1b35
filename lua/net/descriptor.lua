-- SPDX-License-Identifier: MIT
-- What can be done with descriptors that are there already.

local llsocket = require('llsocket')
local errors = require('net.errors')
local values = require('net.poller.values')

local text = errors.text

local descriptor = {}

-- The socket of llsocket at a descriptor, and a function that gives that back to the program, as it was; nil and a
-- string if there is none.
local function borrow(fd)
  local cloexec = require('llsocket.v1').opt.cloexec -- here, since most programs never need it
  local _, was_cloexec = pcall(cloexec, fd) -- what is wrong with the argument wrap() tells
  local sock, err = llsocket.socket.wrap(fd)
  if not sock then
    return nil, text(err)
  end
  return sock, function()
    cloexec(sock:unwrap(), was_cloexec)
  end
end

local wrong_kind = values.failure('EPROTOTYPE', 'wrap')

-- Whether is_right(sock) says so of the socket of llsocket at a descriptor, which stays that of the program: true; or
-- nil and a string.
function descriptor.check(fd, is_right)
  local sock, give_back = borrow(fd)
  if not sock then
    return nil, give_back
  end
  local ok = is_right(sock)
  give_back()
  if ok then
    return true
  end
  return nil, wrong_kind
end

-- A socket of the class that class_of(sock) gives for one of llsocket. It gives nil for one of another kind, whose
-- descriptor stays that of the program, as it was. SO_RCVTIMEO and SO_SNDTIMEO of a socket that blocks are its
-- deadlines.
function descriptor.wrap(fd, class_of)
  local sock, give_back = borrow(fd)
  if not sock then
    return nil, give_back
  end
  local class = class_of(sock)
  local made, failure
  if class then
    made, failure = class:take(sock)
  end
  if not made then
    give_back()
    return nil, failure or wrong_kind
  end
  made:rcvtimeo()
  made:sndtimeo()
  return made
end

function descriptor.shutdown(fd, flag)
  local _, err = llsocket.socket.shutdown(fd, flag)
  return text(err)
end

function descriptor.close(fd, flag)
  local _, err = llsocket.socket.close(fd, flag)
  return text(err)
end

return descriptor
