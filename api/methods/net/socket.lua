-- SPDX-License-Identifier: MIT
-- Class net.Socket; the fields are described in api/methods.lua.

local options = require('api.methods.net.options')
local shapes = require('api.methods.net.shapes')

local err, timeout, failure, with = shapes.err, shapes.timeout, shapes.failure, shapes.with

local ai = { name = 'ai', type = 'addrinfo', optional = true, says = 'the address' }
local msg = { name = 'msg', type = 'net.MsgHdr' }

local function boolean(says)
  return { name = 'bool', type = 'boolean', optional = true, says = says }
end

local function fact(name, result, says)
  return {
    name = name,
    says = ('Tells the %s.'):format(says),
    params = {},
    results = { { name = result, type = 'integer', says = ('%s_* constant'):format(name == 'socktype' and 'a SOCK'
      or name == 'family' and 'an AF' or 'an IPPROTO') } },
    note = 'A closed socket still tells what it was.',
  }
end

local function hook(name, what)
  return {
    name = name,
    says = ('Sets the function that is asked before the socket waits to %s.'):format(what),
    params = {
      { name = 'fn', type = 'function', optional = true, says = 'called as `fn(ctx, msec)`; nil for none' },
      { name = 'ctx', type = 'any', optional = true, says = 'its first argument' },
    },
    results = {
      { name = 'fn', type = 'function', optional = true, says = 'the one before' },
      with(err, { says = 'always nil' }),
    },
    note = 'Without arguments it only reads. `msec` is what is left of the deadline, nil without one. A first result '
      .. 'that is false or nil refuses the wait: the call ends at once, and the second and third results of `fn` are '
      .. 'its `err` and `timeout`. The hook is called only when the call would block, at every wait of it; under '
      .. '`net.loop` it may wait itself.',
  }
end

local function half_close(name, says)
  return {
    name = name,
    says = says,
    params = {},
    results = { failure },
    errors = { 'ENOTCONN' },
    source = 'shutdown(2)',
  }
end

local methods = {
  {
    name = 'fd',
    says = 'Tells the descriptor.',
    params = {},
    results = { { name = 'fd', type = 'fd', says = 'the descriptor; -1 if the socket is closed' } },
  },
  fact('family', 'af', 'address family'),
  fact('socktype', 'typ', 'type'),
  fact('protocol', 'proto', 'protocol'),
  {
    name = 'getsockname',
    says = 'Tells the address of the socket, as it is now: the real port after port 0.',
    params = {},
    results = { ai, err },
    source = 'getsockname(2)',
  },
  {
    name = 'getpeername',
    says = 'Tells the address of the peer.',
    params = {},
    results = { ai, err },
    errors = { 'ENOTCONN' },
    source = 'getpeername(2)',
  },
  {
    name = 'isnonblock',
    says = 'Tells whether waits suspend their task, or the program.',
    params = {},
    results = { boolean('`true` if the socket does not block; nil if it is closed') },
    source = 'fcntl(2), O_NONBLOCK',
  },
  {
    name = 'cloexec',
    says = 'Reads or sets whether the descriptor is closed when the process runs another program.',
    params = { { name = 'bool', type = 'boolean', optional = true, says = 'the new state; without it only read' } },
    results = { boolean('the state after the call'), err },
    note = 'Every socket starts with it set.',
    source = 'fcntl(2), FD_CLOEXEC',
  },
  {
    name = 'atmark',
    says = 'Tells whether the next byte of the stream is at the mark of urgent data.',
    params = {},
    results = { boolean('whether it is'), err },
    errors = { 'ENOTTY' },
    source = 'sockatmark(3)',
  },
  {
    name = 'error',
    says = 'Takes the pending error of the socket.',
    params = {},
    results = {
      { name = 'soerr', type = 'string', optional = true, says = 'the error; nil if none is pending' },
      err,
    },
    source = 'socket(7), SO_ERROR',
  },
  {
    name = 'deadlines',
    says = 'Reads or sets how long a call may wait, in milliseconds: one that receives or accepts, and one that sends.',
    params = {
      shapes.msec('rcvmsec', 'for receiving and accepting; 0 for none, nil leaves it as it is'),
      shapes.msec('sndmsec', 'for sending; 0 for none, nil leaves it as it is'),
    },
    results = {
      { name = 'rcvmsec', type = 'number', optional = true, says = 'what is in force; nil for none' },
      { name = 'sndmsec', type = 'number', optional = true, says = 'what is in force; nil for none' },
    },
    note = 'Each is for a whole call, however often that waits. Of a socket that blocks they are SO_RCVTIMEO and '
      .. 'SO_SNDTIMEO, as `rcvtimeo` and `sndtimeo`: Linux rounds them up to its clock tick, 1 to 10 milliseconds.',
    source = 'socket(7)',
  },
  hook('onwaitrecv', 'receive or accept'),
  hook('onwaitsend', 'send'),
  half_close('closer', 'Ends receiving: SHUT_RD. Then receiving gives the end of the stream.'),
  half_close('closew', 'Ends sending: SHUT_WR. The peer receives what was sent, and then the end of the stream.'),
  {
    name = 'close',
    says = 'Closes the socket.',
    params = {
      {
        name = 'shutrd',
        type = 'boolean',
        optional = true,
        default = 'false',
        says = 'whether to end receiving first, also for other processes that have the socket',
      },
      { name = 'shutwr', type = 'boolean', optional = true, default = 'false', says = 'the same for sending' },
    },
    results = { failure },
    errors = { 'ENOTCONN' },
    note = 'It is closed even when that fails. The waits of other tasks for it end with ECANCELED; every later call '
      .. 'answers EBADF. To close twice is no error.',
    source = 'shutdown(2), close(2)',
  },
}

local transfers = shapes.with_turns({
  {
    name = 'recv',
    says = 'Receives bytes, or one message, as soon as there are any.',
    params = { shapes.bufsize },
    results = { shapes.received, err, timeout },
    errors = { 'ECONNRESET', 'ECONNREFUSED', 'ENOTCONN', 'EBUSY', 'ECANCELED' },
    note = shapes.end_of_stream .. ' A datagram without bytes is an empty string; what does not fit of one is lost.',
    source = 'recv(2)',
  },
  {
    name = 'recvmsg',
    says = 'Receives bytes, or one message, into the parts of a message, with its address and control messages.',
    params = { with(msg, { says = 'where it goes; `msg:addn(n)` makes room' }) },
    results = {
      shapes.sent('bytes received'),
      err,
      with(timeout, { says = '`true` if fewer bytes came than there is room for, or, beside nil, the time was over' }),
    },
    errors = { 'ECONNRESET', 'EBUSY', 'ECANCELED' },
    note = shapes.end_of_stream .. ' A datagram without bytes is 0. `msg:flags()` tells what was cut. Descriptors '
      .. 'among the control messages belong to the program.',
    source = 'recvmsg(2)',
  },
  {
    name = 'send',
    says = 'Sends bytes, all of them, or one message.',
    params = { { name = 'str', type = 'string', says = 'the bytes' } },
    results = { shapes.sent_all, err, timeout },
    errors = { 'EMSGSIZE', 'ENOTCONN', 'EDESTADDRREQ', 'EBUSY', 'ECANCELED' },
    note = shapes.peer_gone .. ' An empty string sends nothing on a stream, and an empty message elsewhere.',
    source = 'send(2)',
  },
  {
    name = 'sendmsg',
    says = 'Sends the parts of a message, all of them, with its address and control messages.',
    params = { with(msg, { says = 'what to send; it keeps its bytes' }) },
    results = { shapes.sent_all, err, timeout },
    errors = { 'EMSGSIZE', 'EINVAL', 'ETOOMANYREFS', 'EBUSY', 'ECANCELED' },
    note = shapes.peer_gone .. ' Control messages go once, with the first bytes, and leave the message when it was '
      .. 'sent in part; on a stream without a byte they are refused (EINVAL).',
    source = 'sendmsg(2)',
  },
})

local class = {
  name = 'net.Socket',
  called = 'net.Socket',
  title = 'net.Socket',
  object = 'sock',
  summary = 'what all sockets have: receiving, sending, deadlines, hooks, closing, options',
  options_give = options.give,
  functions = {
    {
      name = 'new',
      says = 'Makes a socket of net of one of llsocket, which then waits as one that is made here.',
      params = { { name = 'sock', type = 'socket', says = 'the socket of llsocket; do not use it beside' } },
      results = { { name = 'sock', type = 'net.Socket', optional = true, says = 'the socket' }, err },
      note = 'Every class whose `new` takes no options has it: `net.stream.Socket.new(sock)` makes one of that class.',
    },
  },
  methods = methods,
  operators = {
    { sign = 'tostring(sock)', says = '`net.stream.Socket: fd 5`: the class and the descriptor' },
    { sign = '<close>', says = 'a `local sock <close>` of Lua 5.4 is closed at the end of its block' },
  },
}

for _, list in ipairs({ transfers, options.methods_of('socket') }) do
  for _, method in ipairs(list) do
    table.insert(methods, method)
  end
end

return class
