-- SPDX-License-Identifier: MIT
-- Parameters and results that many functions of net share; the fields are described in api/methods.lua.

local of_llsocket = require('api.methods.shapes')

local shapes = { with = of_llsocket.with, int_max = of_llsocket.int_max, bufsize = of_llsocket.bufsize }

shapes.seconds = {
  name = 'sec',
  type = 'number',
  optional = true,
  min = 0,
  max = shapes.int_max,
  says = 'how long at most, in seconds; for ever if nil',
}

shapes.fd = {
  name = 'fd',
  type = 'fd|socket',
  says = 'a descriptor, or a socket: of net, or of any generation of llsocket',
}

shapes.fn = { name = 'fn', type = 'function', says = 'what to call' }

shapes.arguments = { name = 'arg', type = 'values', optional = true, says = 'what it is called with' }

shapes.err = { name = 'err', type = 'string', optional = true, says = 'why it failed' }

shapes.timeout = { name = 'timeout', type = 'boolean', optional = true, says = '`true` if the time was over' }

-- For waits that give nothing but that they are over.
shapes.done = { name = 'ok', type = 'boolean', optional = true, says = '`true` on success' }

-- For what gives nothing but why it failed.
shapes.failure = { name = 'err', type = 'string', optional = true, says = 'why it failed; nil on success' }

function shapes.msec(name, says)
  return { name = name, type = 'number', optional = true, min = 0, max = shapes.int_max, says = says }
end

shapes.received = { name = 'str', type = 'string', optional = true, says = 'what arrived' }

function shapes.sent(says)
  return { name = 'len', type = 'integer', optional = true, says = says }
end

shapes.sent_all = shapes.sent('bytes sent: all, or what went before it failed or the time was over')

shapes.end_of_stream = 'At the end of the stream all results are nil.'
shapes.peer_gone = 'When the peer is gone (EPIPE, ECONNRESET) all results are nil, whatever went before. SIGPIPE is '
  .. 'never raised.'

-- The method that does what this one does, but tasks that share the socket take turns.
function shapes.in_turn(method)
  return shapes.with(method, {
    name = method.name .. 'sync',
    says = ('Does what `%s` does, but tasks that share the socket take turns: first come, first served.')
      :format(method.name),
    note = 'The deadline covers the turn, too. Sockets that block have no turns: it is the same there.',
    errors = { 'ECANCELED', 'EDEADLK', 'EBADF' },
    source = nil,
  })
end

-- The methods, each followed by that which does the same in turn.
function shapes.with_turns(methods)
  local list = {}
  for _, method in ipairs(methods) do
    list[#list + 1] = method
    list[#list + 1] = shapes.in_turn(method)
  end
  return list
end

-- Fields of options of several functions.
shapes.option = {
  host = { name = 'host', type = 'string', optional = true, says = 'a name, or an address in figures' },
  port = {
    name = 'port',
    type = 'integer|string',
    optional = true,
    default = '0',
    min = 0,
    max = 65535,
    says = 'a number, or a string with a number or the name of a service (services(5))',
  },
  passive = {
    name = 'passive',
    type = 'boolean',
    optional = true,
    says = 'AI_PASSIVE: without `host` the wildcard address, not the loopback address',
  },
  canonname = {
    name = 'canonname',
    type = 'boolean',
    optional = true,
    says = 'AI_CANONNAME: `ai:canonname()` tells the full name',
  },
  numeric = {
    name = 'numeric',
    type = 'boolean',
    optional = true,
    says = 'AI_NUMERICHOST: no look-up; `host` must be in figures',
  },
  path = { name = 'path', type = 'string', says = 'a path, or a name that begins with a NUL (abstract, Linux)' },
  pathname = { name = 'pathname', type = 'string', optional = true, says = 'the same as `path`, instead of it' },
  tlscfg = {
    name = 'tlscfg',
    type = 'net.tls.config',
    optional = true,
    says = 'speak TLS: a `net.tls.config`. A build without OpenSSL has none: an argument error',
  },
  tlsmsec = {
    name = 'tlsmsec',
    type = 'number',
    optional = true,
    default = '10000',
    says = 'with `tlscfg`: how long a handshake may take, in milliseconds',
  },
  servername = {
    name = 'servername',
    type = 'string',
    optional = true,
    says = 'with `tlscfg`: whom the certificate must name, a host name or an IP address',
  },
  resumption = {
    name = 'resumption',
    type = 'any',
    optional = true,
    says = 'with `tlscfg`: what `resumption()` of the session of an earlier connection gave. Each `connect` offers it',
  },
}

-- What a connection with TLS can fail with, beside what it can fail with otherwise; certificates have more.
shapes.tls_errors = { 'TLS_CONFIG', 'TLS_NO_NAME', 'TLS_PROTOCOL', 'TLS_TRUNCATED', 'HOSTNAME_MISMATCH' }

-- A table of options, by the names of shapes.option or fields themselves.
function shapes.options(...)
  local fields = {}
  for i, field in ipairs({ ... }) do
    fields[i] = shapes.option[field] or field
  end
  return { name = 'options', type = 'table', says = 'what it is for', fields = fields }
end

shapes.lookup_note = 'The look-up of a name has no deadline of its own; in a task `loop.timeout` sets one.'

shapes.address = { name = 'ai', type = 'addrinfo', optional = true, says = 'the address' }


-- getaddrinfoin and getaddrinfoun of a module.
function shapes.lookups(kind)
  return {
    name = 'getaddrinfoin',
    says = ('Looks up the address of a host for %s sockets: the first that there is.'):format(kind),
    params = { shapes.options('host', 'port', 'passive', 'canonname', 'numeric') },
    results = { shapes.address, shapes.err },
    errors = { 'EAI_NONAME', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_SERVICE' },
    note = shapes.lookup_note .. ' `loop.getaddrinfo` gives all addresses.',
    source = 'getaddrinfo(3), RFC 3493',
  }, {
    name = 'getaddrinfoun',
    says = ('Makes the address of a path for unix %s sockets.'):format(kind),
    params = { shapes.options('path', 'pathname') },
    results = { shapes.address, shapes.err },
    errors = { 'ENAMETOOLONG' },
    source = 'unix(7)',
  }
end

local descriptor = { name = 'fd', type = 'fd', min = 0, max = shapes.int_max }

-- wrap of a module, for this kind of sockets.
function shapes.wrap(type, kind, note)
  return {
    name = 'wrap',
    says = 'Makes a socket of a descriptor, which then belongs to it.',
    params = { shapes.with(descriptor, { says = ('the descriptor of a %s'):format(kind) }) },
    results = { { name = 'sock', type = type, optional = true, says = 'the socket' }, shapes.err },
    errors = { 'EBADF', 'ENOTSOCK', 'EPROTOTYPE' },
    note = 'It becomes close-on-exec, and blocks or not as one that is made here would. Where it blocks, its '
      .. 'SO_RCVTIMEO and SO_SNDTIMEO are its deadlines. When it fails (EPROTOTYPE: a socket of another kind) the '
      .. 'descriptor stays open and belongs to the program.' .. (note and ' ' .. note or ''),
    source = 'getsockopt(2), fcntl(2)',
  }
end

-- pair of a module.
function shapes.pair(type, socktype)
  return {
    name = 'pair',
    says = 'Makes two sockets that are connected with each other.',
    params = {},
    results = {
      { name = 'socks', type = 'table', of = type, optional = true, says = 'the sockets, at 1 and 2' },
      shapes.err,
    },
    errors = { 'EMFILE' },
    source = ('socketpair(2), AF_UNIX, %s'):format(socktype),
  }
end

return shapes
