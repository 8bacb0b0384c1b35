-- SPDX-License-Identifier: MIT
-- Makes answers, and sends them.

local response = {}

local reasons = {
  [200] = 'OK',
  [206] = 'Partial Content',
  [301] = 'Moved Permanently',
  [304] = 'Not Modified',
  [400] = 'Bad Request',
  [403] = 'Forbidden',
  [404] = 'Not Found',
  [405] = 'Method Not Allowed',
  [408] = 'Request Timeout',
  [411] = 'Length Required',
  [412] = 'Precondition Failed',
  [413] = 'Content Too Large',
  [414] = 'URI Too Long',
  [416] = 'Range Not Satisfiable',
  [431] = 'Request Header Fields Too Large',
  [500] = 'Internal Server Error',
  [501] = 'Not Implemented',
  [503] = 'Service Unavailable',
  [505] = 'HTTP Version Not Supported',
}

-- In bytes: up to where a body goes in one packet with its head, and what of a larger one a peer must take at the least
-- while the time for sending passes.
local SMALL, LEAST_PROGRESS = 16384, 16384

-- An answer is a table:
--   status, fields   the fields as lines
--   length           of the body, in bytes; nil for none
--   text             the body; or
--   handle, first    the open file that it is in, and after how many bytes

-- An answer that only tells its status. `field` is a line.
function response.brief(status, field)
  local text = ('%d %s\n'):format(status, reasons[status])
  local fields = { 'Content-Type: text/plain; charset=utf-8', field }
  if status == 405 then
    fields[#fields + 1] = 'Allow: GET, HEAD'
  end
  return { status = status, fields = fields, length = #text, text = text }
end

-- The first and the last byte that a request is for, counted from 0: nil for all; false if there are no such bytes.
-- What is no range of bytes, and several ranges, get all (RFC 9110, 14.2).
local function range_of(request, size)
  local first, last = (request.fields.range or ''):match('^[Bb][Yy][Tt][Ee][Ss]=(%d*)%-(%d*)$')
  first, last = tonumber(first), tonumber(last)
  if request.method ~= 'GET' or request.fields['if-range'] then -- no file has a date or a tag that could be right
    return nil
  elseif first and last and first > last or not first and not last then
    return nil
  elseif not first then
    if size == 0 and last > 0 then
      return nil
    end
    return last > 0 and math.max(size - last, 0), size - 1
  end
  return first < size and first, math.min(last or size - 1, size - 1)
end

local function not_satisfiable(size)
  return response.brief(416, ('Content-Range: bytes */%d'):format(size))
end

-- The answer that sends a file, or what is asked for of it.
function response.of_file(request, file)
  local fields = request.fields
  if fields['if-match'] and fields['if-match'] ~= '*' then
    return response.brief(412)
  elseif fields['if-none-match'] == '*' then
    return { status = 304, fields = {} }
  end
  local answer = {
    status = 200,
    fields = { 'Content-Type: ' .. file.type, 'X-Content-Type-Options: nosniff', 'Accept-Ranges: bytes' },
    length = file.size,
    handle = file.handle,
    first = 0,
  }
  local first, last = range_of(request, file.size)
  if first == false then
    return not_satisfiable(file.size)
  elseif first then
    answer.status, answer.first, answer.length = 206, first, last - first + 1
    table.insert(answer.fields, ('Content-Range: bytes %d-%d/%d'):format(first, last, file.size))
  end
  return answer
end

local date_time, date_line

local function date()
  local time = os.time()
  if time ~= date_time then
    date_time, date_line = time, os.date('!Date: %a, %d %b %Y %H:%M:%S GMT', time)
  end
  return date_line
end

local function head_of(answer, connection)
  local lines = { ('HTTP/1.1 %d %s'):format(answer.status, reasons[answer.status]), date() }
  for _, line in ipairs(answer.fields) do
    lines[#lines + 1] = line
  end
  if answer.length then
    lines[#lines + 1] = ('Content-Length: %d'):format(answer.length)
  end
  if connection then
    lines[#lines + 1] = 'Connection: ' .. connection
  end
  lines[#lines + 1] = '\r\n'
  return table.concat(lines, '\r\n')
end

local function send_text(sock, text)
  return sock:send(text) == #text
end

local function read_part(handle, first, length)
  if length == 0 then
    return ''
  end
  handle:seek('set', first)
  return handle:read(length)
end

-- Not if the file has become shorter.
local function send_small(sock, head, answer)
  local text = answer.text or read_part(answer.handle, answer.first, answer.length)
  return text and #text == answer.length and send_text(sock, head .. text)
end

-- As long as the peer takes enough of it each time, which may be less than all.
local function send_file(sock, handle, first, length)
  while length > 0 do
    local sent, _, timeout = sock:sendfile(handle, length, first)
    if not sent or sent < length and not (timeout and sent >= LEAST_PROGRESS) then
      return false
    end
    first, length = first + sent, length - sent
  end
  return true
end

-- Sends an answer; `connection` is what it tells of that. True if the peer took it, or the kernel for it.
function response.send(sock, answer, is_head, connection)
  local head = head_of(answer, connection)
  if is_head or not answer.length then
    return send_text(sock, head)
  elseif answer.text or answer.length <= SMALL then
    return send_small(sock, head, answer)
  end
  return send_text(sock, head) and send_file(sock, answer.handle, answer.first, answer.length)
end

return response
