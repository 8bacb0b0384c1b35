-- SPDX-License-Identifier: MIT
-- Looks up the names that are its arguments, by the loop, and is the name server itself, which knows one name. Writes
-- what it was asked and what came of it. To be started in the root of the tree by private_resolver.sh.

package.path = './lua/?.lua;./tests/support/?.lua;' .. package.path

local llsocket = require('llsocket')
local loop = require('net.loop')
local addrinfo = llsocket.addrinfo

local known = { ['short.two.example'] = '192.0.2.2' }

-- The name that a query asks for, and the place after the question (RFC 1035, section 4.1).
local function name_of(query)
  local labels, place = {}, 13
  local length = query:byte(place)
  while length > 0 do
    labels[#labels + 1] = query:sub(place + 1, place + length)
    place = place + length + 1
    length = query:byte(place)
  end
  return table.concat(labels, '.'), place + 5
end

local function answer_to(query, after, address)
  local header = query:sub(1, 2) .. (address and '\129\128' or '\129\131') -- NOERROR, NXDOMAIN
  local counts = '\0\1' .. (address and '\0\1' or '\0\0') .. '\0\0\0\0'
  local answer = ''
  if address then
    local bytes = address:gsub('(%d+)%.?', function(number)
      return string.char(tonumber(number))
    end)
    answer = '\192\12\0\1\0\1\0\0\0\1\0\4' .. bytes -- the name of the question, A, IN, one second
  end
  return header .. counts .. query:sub(13, after - 1) .. answer
end

local server = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM, nil, true))
assert(server:bind(addrinfo.inet('127.0.0.1', 53, llsocket.SOCK_DGRAM)))

local function serve()
  while true do
    local query, from = assert(loop.recvfrom(server))
    local name, after = name_of(query)
    print('asked', name)
    assert(loop.sendto(server, nil, answer_to(query, after, known[name]), from))
  end
end

assert(loop.run(function()
  local serving = loop.spawn(serve)
  for _, name in ipairs(arg) do
    local list, err = loop.getaddrinfo(20, name, 80, llsocket.AF_INET, llsocket.SOCK_STREAM)
    print(name, list and list[1]:addr() or tostring(err):match('^%[([%u_]+)'))
  end
  serving:cancel()
end))
