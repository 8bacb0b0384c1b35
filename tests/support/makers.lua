-- SPDX-License-Identifier: MIT
-- Objects of every class of every generation, for tests that sweep over arguments. Sockets do not block.
--
-- makers[number] has
--   make              class name to a function that makes an object
--   closed_socket     a function that makes one; not in generation 1
--   connected_socket  the same, whose other end lives until the test is over

local network = require('network')

local makers = {}

local function message_makers(module, make)
  function make.iovec()
    local iov = module.iovec.new()
    iov:add('bytes')
    return iov
  end

  function make.msghdr()
    local mh = module.msghdr.new()
    mh:iov(make.iovec())
    return mh
  end

  function make.cmsghdr()
    return module.cmsghdr.new(0, 0, 'data')
  end

  make.cmsghdrs = module.cmsghdrs.new
end

local function closed(make_socket)
  return function()
    local sock = make_socket()
    sock:close()
    return sock
  end
end

-- Generation 1 has no sockets that are objects.
local function numbers(module)
  local fd = assert(module.inet.bind('127.0.0.1', 0, module.SOCK_DGRAM))
  local addr = module.sockname(fd)
  module.close(fd)
  return {
    make = {
      addr = function()
        return addr
      end,
    },
  }
end

-- Generations 2 and 3. Every socket has an address of its own.
local function strings(module)
  local make = {}

  function make.addrinfo()
    return module.inet.getaddrinfo('127.0.0.1', 0, module.SOCK_DGRAM, 0, module.AI_NUMERICHOST)[1]
  end

  function make.socket()
    return assert(module.socket.new(make.addrinfo(), true))
  end

  if module.msghdr then
    message_makers(module, make)
  end
  return {
    make = make,
    closed_socket = closed(make.socket),
    connected_socket = function()
      local socks = assert(module.socket.pair(module.SOCK_STREAM, true))
      return (network.keep(assert(socks[1]:dup(make.addrinfo())), socks[2]))
    end,
  }
end

local function objects(module)
  local make = {}

  function make.addrinfo()
    return module.addrinfo.inet('127.0.0.1', 0, module.SOCK_DGRAM)
  end

  function make.socket()
    return assert(module.socket.new(module.AF_INET, module.SOCK_DGRAM, 0, true))
  end

  function make.errno()
    return module.errno.EAGAIN
  end

  local closed_socket = closed(make.socket)

  function make.error()
    return select(2, closed_socket():recv())
  end

  message_makers(module, make)
  return {
    make = make,
    closed_socket = closed_socket,
    connected_socket = function()
      return (network.pair(module.SOCK_STREAM, true))
    end,
  }
end

makers[1] = numbers(require('llsocket.v1'))
makers[2] = strings(require('llsocket.v2'))
makers[3] = strings(require('llsocket.v3'))
makers[4] = objects(require('llsocket'))

return makers
