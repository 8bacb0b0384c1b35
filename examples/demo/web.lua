-- SPDX-License-Identifier: MIT
-- The files of a folder, over httpd.lua to curl and back.

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

-- Starts httpd.lua: its process and its URL.
local function start(folder)
  local command = shell.command({ shell.interpreter(), web.httpd, '-p', 0, folder })
  local pipe = assert(io.popen('echo $$; exec ' .. command))
  local pid, line = pipe:read('*l'), pipe:read('*l')
  local url = line and line:match('http://%S+/$')
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
local function fetch(url, files, folder)
  local lines = {}
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

-- Prints a line for each file. Returns how many came as they are, and how many did not.
local function compare(folder, files, copies)
  local sums, right, wrong = shell.sums_of_numbers(copies), 0, 0
  print(('\n%s %10s  %-16s  %s'):format(padded('file'), 'bytes', 'SHA-256', 'check'))
  for i, name in ipairs(files) do
    local path = folder .. '/' .. name
    local sum = shell.sum(path)
    local is_right = sums[i] == sum
    right, wrong = right + (is_right and 1 or 0), wrong + (is_right and 0 or 1)
    if i <= MOST_ROWS or not is_right then
      local check = is_right and 'ok' or sums[i] and 'WRONG: ' .. sums[i] or 'WRONG: it did not come'
      print(('%s %10d  %s  %s'):format(padded(name), size_of(path), sum:sub(1, 16), check))
    end
  end
  if #files > MOST_ROWS then
    print(('and %d more'):format(#files - MOST_ROWS))
  end
  return right, wrong
end

-- Serves a folder, fetches its files into another one, which is new, and compares them.
function web.run(folder, copies)
  local files = web.files(folder)
  local server = start(folder)
  print('httpd.lua is ' .. server.line)
  fetch(server.url, files, copies)
  stop(server)
  print(('curl fetched %d files, many at a time'):format(#files))
  return compare(folder, files, copies)
end

return web
