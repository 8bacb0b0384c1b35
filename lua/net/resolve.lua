-- SPDX-License-Identifier: MIT
-- Addresses of hosts, services and paths.

local llsocket = require('llsocket')
local scheduler = require('llsocket.scheduler')
local beside = require('net.io.beside')
local current_io = require('net.io.current')
local deadline = require('net.deadline')
local errors = require('net.errors')
local fields = require('net.fields')
local lookup = require('net.lookup')
local loop = require('net.loop')
local values = require('net.poller.values')

local addrinfo = llsocket.addrinfo
local text = errors.text

local late = values.failure('ETIMEDOUT', 'getaddrinfo')

local resolve = {}

local function look_up_beside(adapter, asked, seconds)
  local due = deadline.after(seconds)
  while true do
    local list, err, timeout = asked:wait(0)
    if not timeout then
      return list, err
    elseif deadline.has_passed(due) then
      return nil, nil, true
    end
    local ok, failure = beside(adapter, asked, deadline.left(due))
    if not ok and failure then
      return nil, failure
    end
  end
end

local function look_up(io, seconds, ...)
  if io.poller == loop then
    return loop.getaddrinfo(seconds, ...)
  elseif not io.poller and not seconds then
    local list, err = addrinfo.getaddrinfo(...)
    return list, text(err)
  end
  local asked, err = scheduler.lookup(...)
  if not asked then
    return nil, err
  elseif io.poller then
    return look_up_beside(io.poller, asked, seconds)
  end
  return asked:wait(seconds)
end

-- An error with what was looked up.
local function lookup_failure(err, host, port)
  return ('%s (%s:%s)'):format(err, host or '', port or 0)
end

local function protocol_of(socktype)
  return socktype == llsocket.SOCK_STREAM and llsocket.IPPROTO_TCP or 0
end

-- What need not be looked up.
local function numeric(host, port, family, socktype, ...)
  return (addrinfo.getaddrinfo(host, port, family, socktype, protocol_of(socktype), llsocket.AI_NUMERICHOST, ...))
end

-- The addresses of a host, with a service: a list of addrinfo; or nil, a string that names both, and true if the time
-- was over. What need not be looked up takes no time.
function resolve.host(io, seconds, host, port, family, socktype, ...)
  local list, err, timeout = numeric(host, port, family, socktype, ...), nil, nil
  if not list then
    list, err, timeout = look_up(io, seconds, host, port, family, socktype, protocol_of(socktype), ...)
  end
  if not list then
    return nil, lookup_failure(err or late, host, port), timeout
  end
  return list
end

-- The same for a connection. With a group of tasks some addresses are there and more may come: see lookup.first.
function resolve.to_connect(io, due, lookups, host, port, socktype)
  if not lookups then
    return resolve.host(io, deadline.left(due), host, port, llsocket.AF_UNSPEC, socktype)
  end
  local list = numeric(host, port, llsocket.AF_UNSPEC, socktype)
  if list then
    return list
  end
  local first, err, timeout = lookup.first(lookups, due, host, port, socktype, protocol_of(socktype))
  if not first then
    return nil, lookup_failure(err or late, host, port), timeout
  end
  return first
end

-- The same for options as in resolve.fields, with no limit but that of the task: a list; or nil and a string.
function resolve.options(io, options, family, socktype)
  local list, err = resolve.host(
    io, nil, options.host, options.port or 0, family, socktype,
    options.passive and llsocket.AI_PASSIVE or 0,
    options.canonname and llsocket.AI_CANONNAME or 0,
    options.numeric and llsocket.AI_NUMERICHOST or 0
  )
  return list, err
end

function resolve.path(path, socktype)
  local ai, err = addrinfo.unix(path, socktype)
  return ai, text(err)
end

-- What options of a look-up have.
resolve.fields = {
  host = 'string', port = 'port', passive = 'boolean', canonname = 'boolean', numeric = 'boolean',
}

-- Adds getaddrinfoin(options) and getaddrinfoun(options) to a module of sockets of this type.
function resolve.add_functions(module, socktype)
  function module.getaddrinfoin(options)
    fields.check(options, resolve.fields, 1, 'getaddrinfoin')
    local list, err = resolve.options(current_io(), options, llsocket.AF_UNSPEC, socktype)
    return list and list[1], err
  end

  function module.getaddrinfoun(options)
    return resolve.path(fields.path(options, 1, 'getaddrinfoun'), socktype)
  end
end

-- An address as it is written: '127.0.0.1:80', '[::1]:80' or a path.
function resolve.written(ai)
  if ai:family() == llsocket.AF_UNIX then
    return ((ai:addr() or ''):gsub('%z', '@')) -- an empty path is none
  end
  local form = ai:family() == llsocket.AF_INET6 and '[%s]:%d' or '%s:%d'
  return form:format(ai:addr(), ai:port())
end

-- What is wrong, and with which address.
function resolve.failure(err, ai)
  return ('%s (%s)'):format(err, resolve.written(ai))
end

return resolve
