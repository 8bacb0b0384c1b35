-- SPDX-License-Identifier: MIT
-- Reads requests of HTTP/1 (RFC 9112), of which GET and HEAD are served. It is strict: what another program could
-- understand in another way is refused and ends the connection, so nobody can hide one request in another.

local request = {}

local MOST_LINE, MOST_FIELDS, MOST_HEAD = 8192, 100, 32768 -- bytes of a line, lines, bytes of all of them

local CR = 13
local TOKEN = "^[%w!#$%%&'*+%-.^_`|~]+$"

local not_allowed = {
  CONNECT = true, DELETE = true, OPTIONS = true, PATCH = true, POST = true, PUT = true, TRACE = true,
}

-- A line, without the CR LF that must end it. Else nil and a status, or nil alone if the peer has gone.
local function read_line(sock, too_long)
  local line, err, timeout = sock:readuntil('\n', MOST_LINE + 1)
  if line then
    if line:byte(-1) ~= CR then
      return nil, 400
    end
    return line:sub(1, -2)
  elseif timeout then
    return nil, 408
  end
  local name = err and err:match('^%[(%u+):')
  return nil, name == 'EMSGSIZE' and too_long or name == 'EBADMSG' and 400 or nil
end

-- Method, target and the second figure of the version; or nil, a status, and the method if that is known.
local function parse_request_line(line)
  local method, target, major, minor = line:match('^(%S+) (%S+) HTTP/(%d)%.(%d)$')
  if not method or not method:find(TOKEN) or line:find('%c') then
    return nil, 400
  elseif major ~= '1' then
    return nil, 505, method
  end
  return method, target, tonumber(minor)
end

-- An empty line may come before.
local function read_request_line(sock)
  local line, status = read_line(sock, 414)
  if line == '' then
    line, status = read_line(sock, 414)
  end
  if not line then
    return nil, status, status == 414 and sock:peek(5) == 'HEAD ' and 'HEAD' or nil
  end
  return parse_request_line(line)
end

-- Adds a field. What comes more than once becomes a list.
local function add_field(fields, line)
  local name, text = line:match('^([^%s:]+):[ \t]*(.*)$')
  if not name or not name:find(TOKEN) or text:find('[^%C\t]') then
    return nil, 400
  end
  local key, value = name:lower(), text:match('^(.*[^ \t])') or ''
  fields[key] = fields[key] and fields[key] .. ', ' .. value or value
  return true
end

-- A table of the fields, by their names in small letters.
local function read_fields(sock)
  local fields, count, bytes = {}, 0, 0
  local line, status = read_line(sock, 431)
  while line and line ~= '' do
    count, bytes = count + 1, bytes + #line
    if count > MOST_FIELDS or bytes > MOST_HEAD then
      return nil, 431
    end
    local ok, failure = add_field(fields, line)
    if not ok then
      return nil, failure
    end
    line, status = read_line(sock, 431)
  end
  return line and fields, status
end

-- The status with which a body is refused, which would be of no use; nil if there is none (RFC 9112, 6.3).
local function refusal_of_body(fields, minor)
  local coding, length = fields['transfer-encoding'], fields['content-length']
  if coding and (length or minor == 0) or length and not length:find('^%d+$') then
    return 400
  elseif coding then
    coding = coding:lower()
    return coding == 'chunked' and 411 or coding:find('chunked$') and 501 or 400
  end
  return length and length:find('[^0]') and 413 or nil
end

local function refusal_of_method(method)
  if method == 'GET' or method == 'HEAD' then
    return nil
  end
  return not_allowed[method] and 405 or 501
end

local function is_host_right(host, minor)
  return host and host:find("^[%w%-._~!$&'()*+,;=:%%%[%]]*$") or not host and minor == 0
end

local function refusal_of(method, fields, minor)
  local body = refusal_of_body(fields, minor)
  if not is_host_right(fields.host, minor) or body == 400 then
    return 400
  end
  return refusal_of_method(method) or body
end

local function character(figures)
  return string.char(tonumber(figures, 16))
end

-- A part of a path with its percent signs replaced (RFC 3986, 2.1); nil if it names nothing that could be in a folder.
local function decode(part)
  if part:gsub('%%%x%x', ''):find('%', 1, true) then
    return nil
  end
  local name = part:gsub('%%(%x%x)', character)
  local is_inside = name ~= '.' and name ~= '..' and not name:find('/', 1, true)
  return is_inside and not name:find('\0', 1, true) and name or nil
end

-- The names on the way to a file, and whether a slash is behind the last; nil if the target leads out, or nowhere.
local function parse_target(target)
  local path = target:match('^/[^?]*') or target:match('^[Hh][Tt][Tt][Pp]://[^/?]+([^?]*)')
  if not path or target:find('#', 1, true) then
    return nil
  end
  local names = {}
  for part in path:gmatch('[^/]+') do
    local name = decode(part)
    if not name then
      return nil
    end
    names[#names + 1] = name
  end
  return names, path == '' or path:sub(-1) == '/'
end

-- Whether the client wants to go on with this connection (RFC 9112, 9.3).
local function wants_more(fields, minor)
  local options = (',%s,'):format(fields.connection or ''):lower():gsub('[ \t]', '')
  if options:find(',close,', 1, true) then
    return false
  end
  return minor > 0 or options:find(',keep-alive,', 1, true) ~= nil
end

-- The next request:
--   line             as it came
--   method, fields   the fields by their names in small letters
--   names            those on the way to the file
--   is_folder        whether a slash is behind the last
--   keep, minor      whether the client wants to go on, and by which version of HTTP/1
-- Else nil, the status of the answer, which must be the last, and the method if that is known; or nil alone: the peer
-- has gone.
function request.read(sock)
  local method, target, minor = read_request_line(sock)
  if not method then
    return nil, target, minor
  end
  local fields, status = read_fields(sock)
  if not fields then
    return nil, status, method
  end
  status = refusal_of(method, fields, minor)
  if status then
    return nil, status, method
  end
  local names, is_folder = parse_target(target)
  if not names then
    return nil, 400, method
  end
  return {
    line = method .. ' ' .. target,
    method = method,
    fields = fields,
    names = names,
    is_folder = is_folder,
    keep = wants_more(fields, minor),
    minor = minor,
  }
end

return request
