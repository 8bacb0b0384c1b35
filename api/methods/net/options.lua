-- SPDX-License-Identifier: MIT
-- The options of sockets as methods of the classes of net: what is other than in llsocket.

local all = require('api.methods').socket.methods
local shapes = require('api.methods.net.shapes')

local options = {}

-- What option methods answer, for the pages.
options.give = 'the value that is in force after it'

-- The class that has an option: net.stream.Socket if it is of TCP alone, net.dgram.Socket if of UDP, else net.Socket.
local function class_of(row)
  local has = {}
  for _, kind in ipairs(row.sockets) do
    has[kind:match('^%a+')] = true
  end
  if has.unix or has.tcp and has.udp then
    return 'socket'
  end
  return has.tcp and 'stream' or 'dgram'
end

local says = {
  linger = 'Seconds that close waits until data is sent; a negative number turns it off, and off is nil.',
}

local blocking_deadline = 'Of a socket that blocks it is the deadline that `deadlines` tells in milliseconds; others '
  .. 'do not obey it.'

local notes = {
  rcvtimeo = blocking_deadline,
  sndtimeo = blocking_deadline,
}

local function method_of(method)
  local value = shapes.with(method.results[1], { says = 'the value in force after the call' })
  return shapes.with(method, {
    says = says[method.name] or method.says,
    note = notes[method.name] and (method.note .. ' ' .. notes[method.name]) or method.note,
    results = { value, shapes.err },
  })
end

-- The option methods of 'socket', 'stream' or 'dgram', in the order of their names.
function options.methods_of(class)
  local list = {}
  for _, method in ipairs(all) do
    if method.option and class_of(method.option) == class then
      list[#list + 1] = method_of(method)
    end
  end
  table.sort(list, function(a, b)
    return a.name < b.name
  end)
  return list
end

return options
