-- SPDX-License-Identifier: MIT
-- OCSP responses (RFC 6960) for tests that the openssl command does not make: others are authority:ocsp().

local peers = require('peers')

local staples = {}

local SEQUENCE, OCTETS, BITS, ENUMERATED, EXPLICIT = '\48', '\4', '\3', '\10', '\160'
local BASIC = '\6\9\43\6\1\5\5\7\48\1\1' -- the name of the usual kind of response

-- A value of DER: its tag, its length and what is in it (X.690, 8.1).
local function value(tag, ...)
  local content = table.concat({ ... })
  local size = #content
  if size < 128 then
    return tag .. string.char(size) .. content
  end
  return tag .. '\130' .. string.char(math.floor(size / 256), size % 256) .. content
end

-- What is in the value that begins here, and where the next one does.
local function content_at(text, position)
  local size, from = text:byte(position + 1), position + 2
  if size >= 128 then
    local count = size - 128
    size = 0
    for _ = 1, count do
      size, from = size * 256 + text:byte(from), from + 1
    end
  end
  return text:sub(from, from + size - 1), from + size
end

-- All values in a text, one behind the other.
local function values_in(text)
  local list, position = {}, 1
  while position <= #text do
    local _, behind = content_at(text, position)
    list[#list + 1], position = text:sub(position, behind - 1), behind
  end
  return list
end

-- The content of the value at the end of this path of places.
local function inside(text, ...)
  text = content_at(text, 1)
  for _, place in ipairs({ ... }) do
    text = content_at(values_in(text)[place], 1)
  end
  return text
end

-- A response with this status and these bytes as the answer, or without one.
function staples.response(status, answer)
  local words = { value(ENUMERATED, string.char(status)) }
  if answer then
    words[2] = value(EXPLICIT, value(SEQUENCE, BASIC, value(OCTETS, answer)))
  end
  return value(SEQUENCE, table.concat(words))
end

local function run(...)
  local output, status = peers.run({ ... })
  assert(status == 0, output)
end

local function signature(key, text)
  local path = peers.directory() .. '/response'
  peers.write(path, text)
  run('openssl', 'dgst', '-sha256', '-sign', key, '-out', path .. '.signature', path)
  return peers.read(path .. '.signature')
end

local TIME = '\24\15(%d%d%d%d)(%d%d)(%d%d)(%d%d)(%d%d)(%d%d)Z'

-- The response as it would be if it had been made so many seconds later, signed with this key again.
function staples.moved(der, seconds, key)
  local parts = values_in((content_at(inside(der, 2, 1, 2), 1)))
  parts[1] = parts[1]:gsub(TIME, function(year, month, day, hour, min, sec)
    local time = os.time({ year = year, month = month, day = day, hour = hour, min = min, sec = sec })
    return '\24\15' .. os.date('%Y%m%d%H%M%SZ', time + seconds)
  end)
  parts[3] = value(BITS, '\0', signature(key, parts[1]))
  return staples.response(0, value(SEQUENCE, table.concat(parts)))
end

return staples
