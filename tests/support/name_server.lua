-- SPDX-License-Identifier: MIT
-- A name server for tests in a network of their own: answers(known, asked) serves in a task of net.loop on port 53 of
-- this machine, as long as it is not cancelled.
--
-- `known` tells by name, and there by type ('A', 'AAAA'), the address that is answered; or 'SERVFAIL', or 'silent'. The
-- types that a name does not have are empty; a name that is not there does not exist. `asked` is called with each name.

local llsocket = require('llsocket')
local loop = require('net.loop')
local addrinfo = llsocket.addrinfo

-- RFC 1035, sections 3.2.2 and 4.1.1; RFC 3596.
local types = { [1] = 'A', [28] = 'AAAA' }
local NOERROR, SERVFAIL, NXDOMAIN = '\129\128', '\129\130', '\129\131'

-- The name and the type that a query asks for, and the place after the question (RFC 1035, section 4.1).
local function question_of(query)
  local labels, place = {}, 13
  local length = query:byte(place)
  while length > 0 do
    labels[#labels + 1] = query:sub(place + 1, place + length)
    place = place + length + 1
    length = query:byte(place)
  end
  return table.concat(labels, '.'), types[query:byte(place + 2)], place + 5
end

local function bytes_of(kind, address)
  if kind == 'A' then
    return (address:gsub('(%d+)%.?', function(number)
      return string.char(tonumber(number))
    end))
  end
  local head, tail = address:match('^(%x+:%x+)::(%x+)$') -- such as 2001:db8::1
  return (head:gsub('(%x+):?', function(digits)
    local number = tonumber(digits, 16)
    return string.char(math.floor(number / 256), number % 256)
  end)) .. ('\0'):rep(11) .. string.char(tonumber(tail, 16))
end

local function answer_to(query, after, kind, address, code)
  local counts = '\0\1' .. (address and '\0\1' or '\0\0') .. '\0\0\0\0'
  local answer = ''
  if address then
    local bytes = bytes_of(kind, address)
    local name_and_type, one_second = '\192\12' .. query:sub(after - 4, after - 3), '\0\0\0\1'
    answer = name_and_type .. '\0\1' .. one_second .. '\0' .. string.char(#bytes) .. bytes
  end
  return query:sub(1, 2) .. code .. counts .. query:sub(13, after - 1) .. answer
end

return function(known, asked)
  local server = assert(llsocket.socket.new(llsocket.AF_INET, llsocket.SOCK_DGRAM, nil, true))
  assert(server:bind(addrinfo.inet('127.0.0.1', 53, llsocket.SOCK_DGRAM)))
  return loop.spawn(function()
    while true do
      local query, from = assert(loop.recvfrom(server))
      local name, kind, after = question_of(query)
      asked(name)
      local found = known[name] and (known[name][kind] or '')
      if found == 'SERVFAIL' then
        assert(loop.sendto(server, nil, answer_to(query, after, kind, nil, SERVFAIL), from))
      elseif found ~= 'silent' then
        local code = found and NOERROR or NXDOMAIN
        assert(loop.sendto(server, nil, answer_to(query, after, kind, found ~= '' and found or nil, code), from))
      end
    end
  end)
end
