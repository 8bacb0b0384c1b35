-- SPDX-License-Identifier: MIT
-- Sockets of net to which bytes come in pieces.

local modes = require('modes')

local streams = {}

-- Sends the next of the pieces to `a` whenever it is about to wait, and when there is none any more calls `after`.
function streams.feed(a, b, pieces, after)
  local next_piece = 0
  a:onwaitrecv(function()
    next_piece = next_piece + 1
    if pieces[next_piece] then
      b:send(pieces[next_piece])
    else
      (after or b.close)(b)
    end
    return true
  end)
  return a
end

local function bytes_of(text)
  local list = {}
  for i = 1, #text do
    list[i] = text:sub(i, i)
  end
  return list
end

-- A socket to which each of these comes when what came before is used up, and then the end.
function streams.fed(pieces, after)
  local a, b = modes.pair()
  return streams.feed(a, b, type(pieces) == 'table' and pieces or bytes_of(pieces), after)
end

-- A socket to which all of this came, and the end.
function streams.filled(text)
  local a, b = modes.pair()
  b:send(text)
  b:close()
  return a
end

return streams
