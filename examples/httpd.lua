-- Serves the files of a folder over HTTP/1.1: GET and HEAD, also of parts, over connections that stay. It waits so
-- many SECONDS (-t, 10) for a request and for the rest of one, and so many (-s, 60) for a peer that takes nothing of an
-- answer. So many CONNECTIONS (400) are served at once, each of which needs two descriptors. Port 0, the default, is a
-- free one; -v writes a line for each request. SIGINT and SIGTERM end it when the answers under way are sent, at most
-- 5 seconds later; a second one ends it at once. With a CERTIFICATE (-c; those of its issuers behind it) and its KEY
-- (-k), files in PEM, it speaks HTTPS; SIGHUP has it read both anew, for connections that are made from then on.
-- Run: ./dev lua 5.4 examples/httpd.lua [-p PORT] [-a ADDRESS] [-n CONNECTIONS] [-t SECONDS] [-s SECONDS] [-v]
--   [-c CERTIFICATE -k KEY] DIRECTORY
--
-- No path leads out of the folder. But symbolic links are followed, as the owner of the folder put them there, and a
-- named pipe holds everybody up until somebody writes to it: Lua cannot tell these from files. Nor can it tell when a
-- file was changed, so there is no Last-Modified.
-- SPDX-License-Identifier: MIT

package.path = package.path .. ';' .. arg[0]:gsub('[^/]+$', '') .. '?.lua'

local files = require('httpd.files')
local net = require('net')
local request = require('httpd.request')
local response = require('httpd.response')
local tls = require('net.tls')

local loop = net.loop

local DRAIN_MSEC, LINGER_SEC, LINGER_BYTES = 5000, 1, 262144
-- So much waits in the kernel at most, so that it tells of a slow peer that it takes more (TCP_NOTSENT_LOWAT).
local UNSENT_BYTES = 131072

local options = { port = 0, host = '127.0.0.1', limit = 400, is_verbose = false, directory = nil }
options.request_sec, options.send_sec = 10, 60

-- The connections, those of them that wait for a request, and whether the server is about to end.
local open, idle, is_stopping = 0, {}, false

local function fail(status, ...)
  io.stderr:write(...)
  os.exit(status)
end

local function usage()
  fail(2, 'usage: httpd.lua [-p PORT] [-a ADDRESS] [-n CONNECTIONS] [-t SECONDS] [-s SECONDS] [-v] ',
    '[-c CERTIFICATE -k KEY] DIRECTORY\n')
end

local function number(text, least, most, is_whole)
  local value = tonumber(text)
  if not (value and value >= least and value <= most) or is_whole and value % 1 ~= 0 then
    usage()
  end
  return value
end

local setters = {
  ['-p'] = function(text)
    options.port = number(text, 0, 65535, true)
  end,
  ['-a'] = function(text)
    options.host = text
  end,
  ['-n'] = function(text)
    options.limit = number(text, 1, 1e6, true)
  end,
  ['-t'] = function(text)
    options.request_sec = number(text, 0.001, 86400)
  end,
  ['-s'] = function(text)
    options.send_sec = number(text, 0.001, 86400)
  end,
  ['-c'] = function(text)
    options.certificate = text
  end,
  ['-k'] = function(text)
    options.key = text
  end,
}

local function read_arguments(words)
  local i = 1
  while words[i] and words[i]:find('^%-.') do
    if words[i] == '-v' then
      options.is_verbose = true
    elseif setters[words[i]] and words[i + 1] then
      setters[words[i]](words[i + 1])
      i = i + 1
    else
      usage()
    end
    i = i + 1
  end
  if not words[i] or words[i + 1] or (options.certificate == nil) ~= (options.key == nil) then
    usage()
  end
  options.directory = words[i]
end

local function log(sock, what, answer)
  if options.is_verbose then
    local peer = sock:getpeername()
    print(('%s "%s" %d %d'):format(peer and peer:addr() or '-', what, answer.status, answer.length or 0))
  end
end

-- Waits for the first byte of a request.
local function has_request(sock)
  if is_stopping then
    sock:closer() -- what has come so far is the last
  end
  idle[sock] = true
  local byte = sock:peek(1)
  idle[sock] = nil
  return byte ~= nil
end

-- Sends an answer, and logs it. True if the connection can go on, false if this was its last answer, nil if it failed.
local function send(sock, what, answer, is_head, connection)
  local is_sent = response.send(sock, answer, is_head, connection)
  log(sock, what, answer)
  if not is_sent then
    sock:linger(0) -- what waits to be sent is dropped when it is closed
    return nil
  end
  return connection ~= 'close'
end

local function answer_to(asked)
  local file, status, location = files.open(options.directory, asked.names, asked.is_folder)
  if file then
    return response.of_file(asked, file), file.handle
  end
  return response.brief(status, status == 301 and 'Location: ' .. location or nil)
end

-- nil where it is as HTTP/1.1 expects. When all places are taken nobody keeps one.
local function connection_for(asked)
  if not asked.keep or is_stopping or open >= options.limit then
    return 'close'
  end
  return asked.minor == 0 and 'keep-alive' or nil
end

local function answer(sock, asked)
  local found, handle = answer_to(asked)
  local goes_on = send(sock, asked.line, found, asked.method == 'HEAD', connection_for(asked))
  if handle then
    handle:close()
  end
  return goes_on
end

-- One request and its answer: as send.
local function exchange(sock)
  local asked, status, method = loop.timeout(options.request_sec, request.read, sock)
  if asked then
    return answer(sock, asked)
  end
  return status and send(sock, '-', response.brief(status), method == 'HEAD', 'close')
end

local function drop_input(sock)
  local left = LINGER_BYTES
  repeat
    local str = sock:recv(65536)
    left = left - #(str or '')
  until not str or left < 0
end

-- To close a connection on which more has come would take the last answer away from the peer: RFC 9112, 9.6.
local function leave(sock)
  if not sock:closew() then
    loop.timeout(LINGER_SEC, drop_input, sock)
  end
end

local function serve(sock)
  open = open + 1
  sock:deadlines(options.request_sec * 1000, options.send_sec * 1000)
  sock:tcpnotsentlowat(UNSENT_BYTES)
  local goes_on = true
  while goes_on and has_request(sock) do
    goes_on = exchange(sock)
  end
  if goes_on == false then
    leave(sock)
  end
  open = open - 1
end

-- A fault of this program, which ended a connection.
local function report(_, traceback)
  open = open - 1
  io.stderr:write('httpd: ', traceback, '\n')
end

local function stop_on_signals(server)
  loop.sigwait(nil, 'SIGINT', 'SIGTERM')
  is_stopping = true
  server:stop(DRAIN_MSEC)
  for sock in pairs(idle) do
    sock:closer()
  end
  loop.sigwait(nil, 'SIGINT', 'SIGTERM')
  os.exit(1)
end

-- What TLS needs, if there shall be TLS; or nil and what is wrong.
local function new_tlscfg()
  if not options.certificate then
    return nil
  end
  local cfg = tls.config.new()
  local ok, err = cfg:set_keypair_file(options.certificate, options.key)
  if ok then
    ok, err = cfg:set_alpn('http/1.1')
  end
  return ok and cfg, err
end

local function renew_certificate(server)
  while true do
    loop.sigwait(nil, 'SIGHUP')
    local cfg, err = new_tlscfg()
    if cfg then
      cfg, err = server:tlsconfig(cfg)
    end
    print(cfg and 'the certificate is new' or 'httpd: the certificate stays as it was: ' .. err)
  end
end

local function listen()
  local cfg, problem = new_tlscfg()
  if problem then
    fail(1, 'httpd: ', problem, '\n')
  end
  local server, err = net.stream.inet.server.new({
    host = options.host,
    port = options.port,
    tlscfg = cfg,
    tlsmsec = options.request_sec * 1000,
  })
  err = err or server:listen()
  if err then
    fail(1, 'httpd: ', err, '\n')
  end
  return server
end

local function url_of(ai)
  local host = ai:addr():find(':', 1, true) and '[' .. ai:addr() .. ']' or ai:addr()
  return ('%s://%s:%d/'):format(options.certificate and 'https' or 'http', host, ai:port())
end

local function main()
  local server = listen()
  local group = loop.group()
  group:spawn(stop_on_signals, server)
  if options.certificate then
    group:spawn(renew_certificate, server)
  end
  loop.later() -- from here on the signals are held
  print(('serving %s at %s'):format(options.directory, url_of(server:getsockname())))
  local ok, err = server:serve(serve, { limit = options.limit, onerror = report })
  group:cancel()
  return assert(ok, err)
end

io.stdout:setvbuf('line')
read_arguments(arg)
if not files.is_folder(options.directory) then
  fail(1, 'httpd: ', options.directory, ' is no folder that can be read\n')
end
if not loop.run(main) then
  os.exit(1)
end
