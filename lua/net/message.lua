-- SPDX-License-Identifier: MIT
-- net.MsgHdr: a message for sendmsg and recvmsg, with its buffers and control messages.

local llsocket = require('llsocket')
local class = require('net.class')
local errors = require('net.errors')

local MsgHdr = class.define('net.MsgHdr')

function MsgHdr:construct()
  local header, iov = llsocket.msghdr.new(), llsocket.iovec.new()
  header:iov(iov)
  header:control(llsocket.cmsghdrs.new())
  return setmetatable({ header = header, iov = iov }, self)
end

function MsgHdr:name(...)
  return (self.header:name(...)) -- no tail call: LuaJIT does not know names after these
end

function MsgHdr:control()
  return self.header:control()
end

function MsgHdr:flags()
  return self.header:flags()
end

function MsgHdr:bytes()
  return self.iov:bytes()
end

function MsgHdr:consume(bytes)
  return (self.iov:consume(bytes))
end

function MsgHdr:concat(...)
  return (self.iov:concat(...))
end

function MsgHdr:add(str)
  local index, err = self.iov:add(str)
  return index, errors.text(err)
end

function MsgHdr:addn(bytes)
  local index, err = self.iov:addn(bytes)
  return index, errors.text(err)
end

function MsgHdr:get(index)
  return (self.iov:get(index))
end

function MsgHdr:del(index)
  return select(1, self.iov:del(index))
end

function MsgHdr:__tostring()
  return ('%s: %d bytes'):format(self.__name, self:bytes())
end

return MsgHdr
