-- SPDX-License-Identifier: MIT
-- What a stream keeps for its methods that read by parts: see reading.lua.

local CR = 13

-- Bytes that were received and not returned yet, in the pieces in which they came:
--   pieces, first, last   these pieces
--   at                    how many bytes of the first are returned already
--   bytes                 how many there are
-- and how far they are searched:
--   sought                for what; nil: they are not
--   following             the first piece that is not searched
--   passed                how many bytes are before that
--   tail                  the last of these, with which the delimiter may begin
local Unread = {}
Unread.__index = Unread

function Unread:put(piece)
  self.last = self.last + 1
  self.pieces[self.last] = piece
  self.bytes = self.bytes + #piece
end

-- The next n bytes, of at least so many.
function Unread:peek(n)
  local pieces, first, at = self.pieces, self.first, self.at
  local head = pieces[first]
  if at + n <= #head then
    return (at > 0 or n < #head) and head:sub(at + 1, at + n) or head
  end
  local parts, left = { head:sub(at + 1) }, at + n - #head
  while left > 0 do
    first = first + 1
    local piece = pieces[first]
    parts[#parts + 1] = left < #piece and piece:sub(1, left) or piece
    left = left - #piece
  end
  return table.concat(parts)
end

-- Drops the next n bytes, of at least so many.
function Unread:skip(n)
  self.bytes, self.sought = self.bytes - n, nil
  local pieces, first, at = self.pieces, self.first, self.at + n
  while first <= self.last and at >= #pieces[first] do
    at = at - #pieces[first]
    pieces[first] = nil
    first = first + 1
  end
  if self.bytes == 0 then
    first, self.last = 1, 0
  end
  self.first, self.at = first, at
end

-- Takes the next line without its end, if it is in the first piece; nil if it must be searched.
function Unread:take_line(max)
  local head, at = self.pieces[self.first], self.at
  local place = head and not self.sought and head:find('\n', at + 1, true)
  if not place or place - at - 1 > max then
    return nil
  end
  local last = head:byte(place - 1) == CR and place - 2 or place - 1
  local line = head:sub(at + 1, last)
  self:skip(place - at)
  return line
end

-- How many bytes are before the delimiter; nil if that did not come yet. Looks at each byte once.
function Unread:find(delimiter)
  if self.sought ~= delimiter then
    self.sought, self.following, self.passed, self.tail = delimiter, self.first, 0, ''
  end
  local overlap = #delimiter - 1
  while self.following <= self.last do
    local start = self.following == self.first and self.at or 0
    local text = self.pieces[self.following]
    if self.tail ~= '' then
      text = self.tail .. text
    end
    local place = text:find(delimiter, start + 1, true)
    local before = self.passed - #self.tail
    if place then
      return before + place - 1 - start
    end
    self.passed = before + #text - start
    self.tail = overlap > 0 and text:sub(math.max(start, #text - overlap) + 1) or ''
    self.following = self.following + 1
  end
end

-- After find() without success: whether the delimiter can have begun, with at least so many of its bytes.
function Unread:may_have_begun(delimiter, least)
  for n = #delimiter - 1, least, -1 do
    if self.tail:sub(-n) == delimiter:sub(1, n) then
      return true
    end
  end
  return false
end

-- None yet.
return function()
  return setmetatable({ pieces = {}, first = 1, last = 0, at = 0, bytes = 0 }, Unread)
end
