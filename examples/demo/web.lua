-- SPDX-License-Identifier: MIT
-- The files of a folder, over httpd.lua to curl and back, with and without TLS.

local certificates = require('demo.certificates')
local shell = require('demo.shell')

local web = {}

local MOST_ROWS, NAME_COLUMN = 20, 32 -- rows that are printed if nothing is wrong; characters

-- Where the examples are.
local here = arg[0]:gsub('[^/]+$', '')

web.httpd = here .. 'httpd.lua'

local names = {
  'empty', 'a byte', 'name with spaces.txt', 'Grüße, 世界.txt', '100% & <more>? #1.txt', 'folder/in a folder/deep.txt',
}

local function write(folder, name, text)
  os.execute('mkdir -p ' .. shell.quote((folder .. '/' .. name):match('^(.*)/')))
  shell.write_file(folder .. '/' .. name, text)
end

local function escape_for_url(byte)
  return ('%%%02X'):format(byte:byte())
end

local function escape_for_html(character)
  return ('&#%d;'):format(character:byte())
end

-- The path of a file in a URL.
local function url_of(name)
  return (name:gsub('[^%w%-._~/]', escape_for_url))
end

local function write_index(folder)
  local lines = { '<!DOCTYPE html>', '<meta charset="utf-8">', '<title>llnet</title>', '<h1>Served by httpd.lua</h1>' }
  for _, name in ipairs(web.files(folder)) do
    table.insert(lines, ('<p><a href="%s">%s</a>'):format(url_of(name), name:gsub('[&<>"]', escape_for_html)))
  end
  write(folder, 'index.html', table.concat(lines, '\n') .. '\n')
end

-- Fills a new folder with files of all kinds, one of which has this text.
function web.fill(folder, text)
  for i, name in ipairs(names) do
    write(folder, name, i > 1 and ('%d'):format(i):rep(10 ^ (i - 2)) or '')
  end
  write(folder, 'numbers.txt', text)
  os.execute(('cp -R %s %s 2>/dev/null'):format(shell.quote(here .. '../docs/guide'), shell.quote(folder)))
  write_index(folder)
end

-- The paths of all files in a folder, in order.
function web.files(folder)
  local list = {}
  local text = shell.output(('cd %s && find . -type f -print0'):format(shell.quote(folder)))
  local first, place = 1, text:find('\0', 1, true)
  while place do
    list[#list + 1] = text:sub(first + 2, place - 1) -- without ./
    first, place = place + 1, text:find('\0', place + 1, true)
  end
  table.sort(list)
  return list
end

-- Starts httpd.lua, with these certificates if there are any: its process and its URL.
local function start(folder, made)
  local words = { shell.interpreter(), web.httpd, '-p', 0 }
  for _, word in ipairs(made and { '-c', made.certificate, '-k', made.key } or {}) do
    table.insert(words, word)
  end
  table.insert(words, folder)
  local pipe = assert(io.popen('echo $$; exec ' .. shell.command(words)))
  local pid, line = pipe:read('*l'), pipe:read('*l')
  local url = line and line:match('https?://%S+/$')
  if not url then
    pipe:close()
    error('httpd.lua did not start', 0)
  end
  return { pipe = pipe, pid = pid, url = url, line = line }
end

local function stop(server)
  os.execute('kill ' .. server.pid)
  server.pipe:read('*a')
  server.pipe:close()
end

-- Has curl fetch all files at once into another folder, where their numbers are their names.
local function fetch(url, files, folder, made)
  local lines = made and { ('cacert = "%s"\n'):format(made.authority) } or {}
  for i, name in ipairs(files) do
    lines[#lines + 1] = ('url = "%s%s"\noutput = "%s/%d"\n'):format(url, url_of(name), folder, i)
  end
  shell.write_file(folder .. '/config', table.concat(lines))
  local command = "curl -q --noproxy '*' --no-progress-meter --fail --globoff --parallel --config %s; echo $?"
  local status = shell.first_word(command:format(shell.quote(folder .. '/config')))
  if status ~= '0' then
    io.stderr:write('demo: curl ended with status ', status, '\n')
  end
end

local function size_of(path)
  local file = assert(io.open(path, 'rb'))
  local size = file:seek('end')
  file:close()
  return size
end

-- A name in a column, which is as wide as its characters of UTF-8 are many.
local function padded(name)
  local shown = name:gsub('%c', '?')
  local _, count = shown:gsub('[^\128-\191]', '')
  return shown .. (' '):rep(NAME_COLUMN - count)
end

-- What became of a file in one way.
local function check_of(sum, expected)
  return sum == expected and 'ok' or sum and 'WRONG: ' .. sum or 'WRONG: it did not come'
end

-- Prints a line for each file. Returns how many came as they are, in all ways, and how many did not.
local function compare(folder, files, ways)
  local right, wrong, titles = 0, 0, {}
  for i, way in ipairs(ways) do
    way.sums, titles[i] = shell.sums_of_numbers(way.copies), ('%-5s'):format(way.name)
  end
  local head = ('\n%s %10s  %-16s  %s'):format(padded('file'), 'bytes', 'SHA-256', table.concat(titles, '  '))
  print((head:gsub(' +$', '')))
  for i, name in ipairs(files) do
    local path, checks, is_right = folder .. '/' .. name, {}, true
    local sum = shell.sum(path)
    for j, way in ipairs(ways) do
      local as_sent = way.sums[i] == sum
      checks[j] = ('%-5s'):format(check_of(way.sums[i], sum))
      right, wrong = right + (as_sent and 1 or 0), wrong + (as_sent and 0 or 1)
      is_right = is_right and as_sent
    end
    if i <= MOST_ROWS or not is_right then
      local row = ('%s %10d  %s  %s'):format(padded(name), size_of(path), sum:sub(1, 16), table.concat(checks, '  '))
      print((row:gsub(' +$', '')))
    end
  end
  if #files > MOST_ROWS then
    print(('and %d more'):format(#files - MOST_ROWS))
  end
  return right, wrong
end

-- Serves a folder, and has curl fetch its files into another one, which is made.
local function serve_to_curl(folder, files, way)
  os.execute('mkdir ' .. shell.quote(way.copies))
  local server = start(folder, way.made)
  print('httpd.lua is ' .. server.line)
  fetch(server.url, files, way.copies, way.made)
  stop(server)
  print(('curl fetched %d files over %s, many at a time'):format(#files, way.name))
end

-- Serves a folder in each way that there is, fetches its files, and compares them.
function web.run(folder, scratch)
  local files = web.files(folder)
  local ways = { { name = 'HTTP', copies = scratch .. '/http' } }
  local made, why_not = certificates.new(scratch)
  if made then
    table.insert(ways, { name = 'HTTPS', copies = scratch .. '/https', made = made })
  end
  for _, way in ipairs(ways) do
    serve_to_curl(folder, files, way)
  end
  if not made then
    print('no HTTPS: ' .. why_not)
  end
  return compare(folder, files, ways)
end

return web
