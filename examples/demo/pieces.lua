-- SPDX-License-Identifier: MIT
-- The pieces of a file that clients send, and what all ways to send them have in common.

local pieces = {}

pieces.BYTES = 65536 -- of a piece
pieces.PART = 16384 -- of a piece in one message
pieces.MSEC = 20000 -- how long anybody waits at most
pieces.NUMBER, pieces.NUMBER_BYTES = '%08d', 8

-- Passes the first result on, or raises what is wrong.
function pieces.check(value, err, timeout)
  if err or timeout or value == nil then
    error(err or timeout and 'the time is over' or 'the peer is gone', 0)
  end
  return value
end

-- Where a piece is in the file. They overlap, and no two are the same.
function pieces.place(number)
  return number * 2072 -- a multiple of 8, which is how long a line is
end

-- The piece of this number. It sets the position of the file.
function pieces.read(file, number)
  assert(file:seek('set', pieces.place(number)))
  local text = file:read(pieces.BYTES)
  assert(text and #text == pieces.BYTES, 'the file is too short')
  return text
end

-- The same of the file that is this process's standard input.
function pieces.own(number)
  return pieces.read(io.stdin, number)
end

-- The text of a file of which so many clients have a piece each.
function pieces.text_for(clients)
  local lines = {}
  for i = 1, math.ceil((pieces.place(clients) + pieces.BYTES) / 8) do
    lines[i] = ('%07d\n'):format(i)
  end
  return table.concat(lines)
end

return pieces
