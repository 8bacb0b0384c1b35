-- SPDX-License-Identifier: MIT
-- Generation 1: functions on descriptor numbers; errors are errno numbers.

local derive = require('api.generations.derive')
local shapes = require('api.methods.shapes')

local with = shapes.with
local errno = derive.errors.number

local addr = { name = 'addr', type = 'addr', optional = true }
local fd = { name = 'fd', type = 'fd', optional = true, says = 'the descriptor, which the program must close' }

local sent = { shapes.count('bytes sent'), errno, derive.again_of_numbers }

local generation = {
  number = 1,
  name = 'v1',
  module = 'llsocket.v1',
  errors = 'number',
  summary = 'functions on descriptor numbers; errors are errno numbers',
  changes = {
    ['socket:accept'] = {
      says = 'Takes the next connection. It blocks, even if the listener does not.',
      params = {},
      results = { fd, errno },
    },
    ['socket:shutdown'] = { params = { with(shapes.how, { optional = false }) } },
    ['socket:close'] = {
      says = 'Closes a descriptor, after a shutdown if a direction is given.',
      errors = { 'EBADF' },
      note = 'It is closed even when the shutdown fails; the error of the shutdown is then the one reported.',
    },
    ['socket:socktype'] = {
      results = { { name = 'socktype', type = 'integer', optional = true, says = 'a SOCK_* constant' }, errno },
      note = false,
      source = 'socket(7), SO_TYPE',
    },
    ['socket:error'] = {
      results = {
        { name = 'soerr', type = 'integer', optional = true, says = 'the errno number; 0 if none is pending' },
        errno,
      },
    },
    ['socket:recvfrom'] = {
      results = {
        { name = 'msg', type = 'string', optional = true, says = 'what arrived' },
        with(addr, { says = 'the sender; nil where the protocol tells none' }),
        errno,
        derive.again_of_numbers,
      },
    },
    ['addrinfo:getnameinfo'] = {
      results = { derive.older_names, errno },
      errors = { 'ENXIO', 'EAGAIN', 'EAFNOSUPPORT' },
    },
    ['socket:send'] = { results = sent },
    ['socket:sendto'] = {
      results = sent,
      params = {
        { name = 'msg', type = 'string', says = 'the bytes to send' },
        with(addr, { says = 'the receiver; without it the call is `send`' }),
        shapes.flags,
      },
    },
  },
}

local host = { name = 'host', type = 'string', optional = true, nul = false }
local bound_host = with(host, { says = 'a name or an address; without it the wildcard address' })
local peer_host = with(host, { says = 'a name or an address; without it this machine' })
local path = {
  name = 'path',
  type = 'string',
  says = 'a path; on Linux a string that begins with a NUL is an abstract name',
}
local socktype = with(shapes.socktype, { says = 'a SOCK_* constant' })
local reuseaddr = {
  name = 'reuseaddr',
  type = 'boolean',
  optional = true,
  default = 'false',
  says = 'whether to set SO_REUSEADDR first',
}

local function endpoint(name, says, params, errors, note, source)
  return {
    name = name,
    becomes = 'socket.new',
    says = says,
    params = params,
    results = { fd, errno },
    errors = errors,
    note = note,
    source = source,
  }
end

local in_progress = 'With `nonblock`, a connection that is still being made is no error; `error` tells what became '
  .. 'of it.'
local resolver_errors = 'The addresses of the host are tried in turn. A look-up that fails answers with the errno that '
  .. 'says it best: EAI_NONAME is ENXIO, EAI_AGAIN is EAGAIN.'

local inet = {
  name = 'inet',
  module = 'llsocket.v1.inet',
  summary = 'IPv4 and IPv6 sockets',
  functions = {
    endpoint('bind', 'Makes a socket that is bound to an address.',
      { bound_host, shapes.port, socktype, shapes.nonblock, reuseaddr },
      { 'EADDRINUSE', 'EACCES', 'ENXIO' }, resolver_errors, 'getaddrinfo(3), socket(2), bind(2)'),
    endpoint('connect', 'Makes a socket that is connected to an address.',
      { peer_host, shapes.port, socktype, shapes.nonblock, reuseaddr },
      { 'ECONNREFUSED', 'ETIMEDOUT', 'ENXIO' }, in_progress .. ' ' .. resolver_errors,
      'getaddrinfo(3), socket(2), connect(2)'),
  },
}

local unix = {
  name = 'unix',
  module = 'llsocket.v1.unix',
  summary = 'unix sockets',
  functions = {
    endpoint('bind', 'Makes a unix socket that is bound to a path.', { path, socktype, shapes.nonblock },
      { 'EADDRINUSE', 'EACCES', 'ENAMETOOLONG' }, nil, 'socket(2), bind(2), unix(7)'),
    endpoint('connect', 'Makes a unix socket that is connected to a path.', { path, socktype, shapes.nonblock },
      { 'ECONNREFUSED', 'ENOENT', 'ENAMETOOLONG' }, in_progress, 'socket(2), connect(2), unix(7)'),
  },
}

local root = derive.root(generation, { 'inet', 'unix', 'opt' })
root.functions = {}

local opt = {
  name = 'opt',
  module = 'llsocket.v1.opt',
  summary = 'options, and every constant',
  functions = {},
}

local function is_option(row)
  return row.option or row.becomes == 'socket:cloexec' or row.becomes == 'socket:nonblock'
end

for _, row in ipairs(derive.functions_of_sockets(generation)) do
  table.insert(is_option(row) and opt.functions or root.functions, row)
  if row.name == 'accept' then
    table.insert(root.functions, with(row, {
      name = 'acceptInherits',
      says = 'Takes the next connection. It has the non-blocking state of the listener.',
    }))
  end
end

local address = derive.class('addrinfo', generation)
address.name, address.module, address.object = 'addr', false, 'addr'
address.summary = 'addresses'
for i, operator in ipairs(address.operators) do
  address.operators[i] = {
    sign = operator.sign:gsub('%f[%w]ai%f[%W]', 'addr'),
    says = operator.says:gsub('%.addrinfo', '.addr'),
  }
end

generation.classes = { root, inet, unix, opt, address }

return generation
