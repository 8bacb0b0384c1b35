-- SPDX-License-Identifier: MIT
-- Class addrinfo; the fields are described in api/methods.lua.

local shapes = require('api.methods.shapes')

local port, socktype, with = shapes.port, shapes.socktype, shapes.with

local ai = { name = 'ai', type = 'addrinfo', optional = true, says = 'the address' }
local protocol = with(shapes.protocol, { says = 'an IPPROTO_* constant' })
local lookup_flags = { name = 'flag', type = 'flags', optional = true, says = 'AI_* constants' }

local function inet(name, version, example)
  return {
    name = name,
    since = 4,
    says = ('Makes an IPv%d address.'):format(version),
    params = {
      {
        name = 'addr',
        type = 'string',
        optional = true,
        nul = false,
        says = ('such as `%s`; without it the loopback address, or with AI_PASSIVE the wildcard'):format(example),
      },
      port,
      socktype,
      protocol,
      lookup_flags,
    },
    results = { ai, shapes.err },
    errors = { 'EAI_NONAME', 'EAI_SERVICE' },
    note = 'The name of a host is looked up and its first address taken; with AI_NUMERICHOST it is EAI_NONAME instead.',
    source = 'getaddrinfo(3)',
  }
end

return {
  name = 'addrinfo',
  since = 1,
  module = 'llsocket.addrinfo',
  object = 'ai',
  summary = 'addresses: IPv4, IPv6, unix and others; names to addresses and back',
  operators = {
    { sign = 'ai == other', says = 'true when address, socket type and protocol are the same' },
    {
      sign = 'tostring(ai)',
      says = '`llsocket.addrinfo: ` and `127.0.0.1:80`, `[::1]:80`, `unix:/path`, `unix:@abstract`, `unix:` '
        .. '(unnamed) or `family 16`',
    },
  },
  functions = {
    inet('inet', 4, '127.0.0.1'),
    inet('inet6', 6, 'fe80::1%eth0'),
    {
      name = 'unix',
      since = 4,
      says = 'Makes a unix address.',
      params = {
        {
          name = 'path',
          type = 'string',
          says = "a path; on Linux a string that begins with a NUL is an abstract name, '' the unnamed address",
        },
        socktype,
        protocol,
        with(lookup_flags, { says = 'AI_* constants; none has a meaning here' }),
      },
      results = { ai, shapes.err },
      errors = { 'ENAMETOOLONG', 'EINVAL' },
      note = 'A path holds up to `env.unixpath_max` bytes. A NUL inside a path is EINVAL.',
      source = 'unix(7)',
    },
    {
      name = 'getaddrinfo',
      since = 4,
      says = 'Looks up the addresses of a host and a service.',
      params = {
        {
          name = 'host',
          type = 'string',
          optional = true,
          nul = false,
          says = 'a name or an address; without it this machine, or with AI_PASSIVE the wildcard address',
        },
        port,
        {
          name = 'family',
          type = 'integer',
          optional = true,
          default = 'AF_UNSPEC',
          says = 'AF_INET, AF_INET6 or AF_UNSPEC for both',
        },
        with(socktype, { default = '0', says = 'a SOCK_* constant; 0 for every kind' }),
        protocol,
        lookup_flags,
      },
      results = {
        { name = 'list', type = 'table', optional = true, says = 'addrinfo objects, the best first' },
        shapes.err,
      },
      errors = { 'EAI_NONAME', 'EAI_AGAIN', 'EAI_FAIL', 'EAI_SERVICE', 'EAI_BADFLAGS' },
      note = 'It waits for the name server.',
      source = 'getaddrinfo(3), RFC 3493',
    },
    {
      name = 'opaque',
      since = 4,
      says = 'Makes an address of any other family: netlink, packet, vsock and so on.',
      params = {
        { name = 'family', type = 'integer', min = 0, max = 65535, says = 'an AF_* constant' },
        { name = 'bytes', type = 'string', says = 'everything behind `sa_family` in the address structure' },
        socktype,
        protocol,
      },
      results = { ai, shapes.err },
      errors = { 'EINVAL' },
      source = 'sockaddr(3type)',
    },
  },
  methods = {
    {
      name = 'family',
      says = 'Tells the family.',
      params = {},
      results = { { name = 'family', type = 'integer', says = 'an AF_* constant' } },
    },
    {
      name = 'socktype',
      says = 'Tells the kind of socket that it is for.',
      params = {},
      results = { { name = 'socktype', type = 'integer', says = 'a SOCK_* constant' } },
    },
    {
      name = 'protocol',
      says = 'Tells the protocol.',
      params = {},
      results = { { name = 'protocol', type = 'integer', says = 'an IPPROTO_* constant' } },
    },
    {
      name = 'canonname',
      says = 'Tells the official name of the host, if AI_CANONNAME asked for it.',
      params = {},
      results = {
        { name = 'name', type = 'string', optional = true, says = 'the name; in a list, of the first address only' },
      },
    },
    {
      name = 'port',
      says = 'Tells the port.',
      params = {},
      results = {
        { name = 'port', type = 'integer', optional = true, says = 'the port; nil where a family has none' },
      },
    },
    {
      name = 'addr',
      says = 'Tells the address.',
      params = {},
      results = {
        {
          name = 'addr',
          type = 'string',
          optional = true,
          says = 'IP address with its scope, unix path or abstract name; nil for an unnamed unix socket; the bytes '
            .. 'behind `sa_family` for other families',
        },
      },
      source = 'getnameinfo(3) with NI_NUMERICHOST',
    },
    {
      name = 'getnameinfo',
      generation2 = 'nameinfo',
      says = 'Looks up the names of host and service.',
      params = { { name = 'flag', type = 'flags', optional = true, says = 'NI_* constants' } },
      results = {
        {
          name = 'names',
          type = 'table',
          optional = true,
          says = 'fields `host` and `service`; `serv` is an older name of `service`',
        },
        shapes.err,
      },
      errors = { 'EAI_NONAME', 'EAI_AGAIN', 'EAI_FAMILY' },
      note = 'It waits for the name server, unless NI_NUMERICHOST is set.',
      source = 'getnameinfo(3)',
    },
  },
}
