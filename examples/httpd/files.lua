-- SPDX-License-Identifier: MIT
-- The files of a folder.

local errno = require('llsocket').errno

local files = {}

local types = {
  css = 'text/css; charset=utf-8',
  csv = 'text/csv; charset=utf-8',
  gif = 'image/gif',
  htm = 'text/html; charset=utf-8',
  html = 'text/html; charset=utf-8',
  ico = 'image/x-icon',
  jpeg = 'image/jpeg',
  jpg = 'image/jpeg',
  js = 'text/javascript; charset=utf-8',
  json = 'application/json',
  lua = 'text/plain; charset=utf-8',
  md = 'text/plain; charset=utf-8',
  mjs = 'text/javascript; charset=utf-8',
  mp3 = 'audio/mpeg',
  mp4 = 'video/mp4',
  ogg = 'audio/ogg',
  pdf = 'application/pdf',
  png = 'image/png',
  svg = 'image/svg+xml',
  txt = 'text/plain; charset=utf-8',
  wasm = 'application/wasm',
  wav = 'audio/wav',
  webm = 'video/webm',
  webp = 'image/webp',
  woff2 = 'font/woff2',
  xml = 'application/xml',
  zip = 'application/zip',
}

local statuses = {
  EACCES = 403, EPERM = 403,
  ENOENT = 404, ENOTDIR = 404, ENAMETOOLONG = 404, ELOOP = 404, ENXIO = 404,
  EMFILE = 503, ENFILE = 503, ENOMEM = 503,
}

local function status_of(code)
  local kind = errno[code]
  return kind and statuses[kind.name] or 500
end

-- A folder can be opened as files are, but not read.
local function is_folder(handle)
  local _, _, code = handle:read(0)
  return code == errno.EISDIR.code
end

local function escape(byte)
  return ('%%%02X'):format(byte:byte())
end

-- Where a browser finds a folder, so that it takes the names in it for what they are.
local function location_of(names)
  local parts = {}
  for i, name in ipairs(names) do
    parts[i] = name:gsub('[^%w%-._~]', escape)
  end
  return '/' .. table.concat(parts, '/') .. '/'
end

function files.is_folder(path)
  local handle = io.open(path, 'rb')
  local found = handle and is_folder(handle)
  if handle then
    handle:close()
  end
  return found
end

-- The file at the end of these names, or of a folder its index.html: a table of its handle, which the caller closes,
-- size and type. Else nil, a status, and for 301 the right place.
function files.open(root, names, in_folder)
  local path = root .. '/' .. table.concat(names, '/') .. (in_folder and '/index.html' or '')
  local handle, _, code = io.open(path, 'rb')
  if not handle then
    return nil, status_of(code)
  elseif is_folder(handle) then
    handle:close()
    return nil, in_folder and 404 or 301, location_of(names)
  end
  local suffix = path:match('%.(%w+)$') or ''
  local size = handle:seek('end')
  return { handle = handle, size = size or 0, type = types[suffix:lower()] or 'application/octet-stream' }
end

return files
