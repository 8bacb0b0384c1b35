-- SPDX-License-Identifier: MIT
-- What generations 2 and 3 have in common and other than generation 4; the form is described in derive.lua.

local derive = require('api.generations.derive')
local shapes = require('api.methods.shapes')

local with = shapes.with
local err = derive.errors.string

local ai = { name = 'ai', type = 'addrinfo', says = 'the address' }
local own_ai = with(ai, { optional = true, says = "the address; without it the socket's own" })
local received = { name = 'msg', type = 'string', optional = true, says = 'what arrived' }

local no_address = 'A socket made by `pair`, `wrap` or `accept` has no address of its own: then the argument is not '
  .. 'optional.'
local strings = {}

-- The note of what sends.
strings.peer_gone = 'No call raises SIGPIPE: when the peer has closed (EPIPE, ECONNRESET), all results are nil.'

strings.changes = {
  ['socket.new'] = {
    says = 'Makes a socket for an address, which `bind` and `connect` then use.',
    params = { ai, shapes.nonblock },
  },
  ['socket.pair'] = {
    params = {
      { name = 'socktype', type = 'integer', says = 'a SOCK_* constant' },
      shapes.nonblock,
      shapes.protocol,
    },
  },
  ['socket.wrap'] = {
    params = { { name = 'fd', type = 'fd', min = 0, max = shapes.int_max, says = 'a descriptor number' } },
  },
  ['socket:dup'] = {
    params = { with(ai, { optional = true, says = 'the address of the new object; without it that of this one' }) },
  },
  ['socket:bind'] = {
    params = { own_ai },
    note = no_address .. ' Port 0 takes a free one; `getsockname` tells which.',
  },
  ['socket:connect'] = {
    params = { own_ai },
    results = {
      with(err, { says = 'why it failed, or EINPROGRESS or, called again, EALREADY: the connection is being made' }),
      {
        name = 'again',
        type = 'boolean',
        optional = true,
        says = '`true` beside EINPROGRESS, else `false`',
      },
    },
    note = 'There is no result once connected. ' .. no_address,
  },
  ['socket:close'] = {
    note = 'Closing a closed socket does nothing. It is closed even when the shutdown fails; the error of the shutdown '
      .. 'is then the one reported.',
  },
  ['socket:accept'] = {
    params = {},
    results = {
      { name = 'sock', type = 'socket', optional = true, says = 'the connection' },
      err,
      shapes.again_accept,
    },
  },
  ['socket:error'] = {
    results = {
      { name = 'soerr', type = 'integer', optional = true, says = 'the errno number; 0 if none is pending' },
      err,
    },
  },
  ['socket:recvfrom'] = {
    results = {
      received,
      with(ai, { optional = true, says = 'the sender; nil where the protocol tells none' }),
      err,
      shapes.again,
    },
  },
  ['socket:send'] = {
    errors = { 'EMSGSIZE', 'ENOTCONN', 'EDESTADDRREQ' },
    note = strings.peer_gone .. ' An empty string sends nothing on a stream and an empty message elsewhere.',
  },
  ['socket:sendto'] = { note = strings.peer_gone },
  ['socket:sendfile'] = {
    errors = { 'EBADF', 'EINVAL' },
    note = 'The position of the file stays where it is. ' .. strings.peer_gone,
  },
  ['socket:linger'] = {
    says = 'Seconds that close waits until data is sent; a negative number turns it off, and off reads nil.',
  },
  ['addrinfo:getnameinfo'] = {
    results = { derive.older_names, err },
  },
}

local function address_text(param)
  return with(param, { type = 'string', nul = false, says = (param.says:gsub(';.*', ', an IP address')) })
end

for _, row in ipairs(require('api.methods.socket_multicast')) do
  local params = {}
  for i, param in ipairs(row.params) do
    params[i] = param.type == 'addrinfo' and address_text(param) or param
  end
  strings.changes['socket:' .. row.name] = {
    params = params,
    errors = { 'EAI_NONAME', (table.unpack or unpack)(row.errors) },
    note = "EAI_NONAME for a text that is no address of the socket's family. " .. row.note,
  }
end

-- The look-ups of the module inet.
function strings.look_up(name, says)
  return {
    name = name,
    becomes = 'addrinfo.getaddrinfo',
    says = says,
    params = {
      {
        name = 'host',
        type = 'string',
        optional = true,
        nul = false,
        says = 'a name or an address; without it this machine, or with AI_PASSIVE the wildcard address',
      },
      shapes.port,
      with(shapes.socktype, { says = 'a SOCK_* constant; 0 for every kind' }),
      shapes.protocol,
      { name = 'flag', type = 'flags', optional = true, says = 'AI_* constants' },
    },
    results = {
      { name = 'list', type = 'table', optional = true, says = 'addrinfo objects, the best first' },
      err,
    },
    errors = { 'EAI_NONAME', 'EAI_AGAIN', 'EAI_SERVICE' },
    source = 'getaddrinfo(3)',
  }
end

-- The function of the module unix.
function strings.unix_address(result)
  return {
    name = 'getaddrinfo',
    becomes = 'addrinfo.unix',
    says = 'Makes a unix address.',
    params = {
      {
        name = 'path',
        type = 'string',
        says = "a path; on Linux a string that begins with a NUL is an abstract name, '' the unnamed address",
      },
      shapes.socktype,
      shapes.protocol,
      { name = 'flag', type = 'flags', optional = true, says = 'AI_* constants; none has a meaning here' },
    },
    results = { result, err },
    errors = { 'ENAMETOOLONG', 'EINVAL' },
    source = 'unix(7)',
  }
end

return strings
