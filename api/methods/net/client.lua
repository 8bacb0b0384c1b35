-- SPDX-License-Identifier: MIT
-- What the clients of TCP and of unix streams have in common; the fields are described in api/methods.lua.

local shapes = require('api.methods.net.shapes')

local timeout = shapes.timeout
local conndeadl = shapes.msec('conndeadl', 'how long at most, in milliseconds, look-up and all addresses together; '
  .. 'for ever if nil')

local client = {}

-- The `new` of a client of this type.
function client.new(type, options, errors, note)
  return {
    name = 'new',
    says = 'Makes a client, and connects it.',
    params = {
      options,
      { name = 'connect', type = 'boolean', optional = true, default = 'true', says = 'whether to connect now' },
      conndeadl,
    },
    results = {
      { name = 'client', type = type, optional = true, says = 'the client' },
      shapes.with(shapes.err, { says = 'why it failed' }),
      timeout,
    },
    errors = errors,
    note = note .. ' `timeout` comes with an `err`. A client that was not to connect answers EBADF until `connect`.',
    source = 'connect(2)',
  }
end

function client.connect(note)
  return {
    name = 'connect',
    says = 'Makes a new connection, which takes the place of the old one when it stands.',
    params = { conndeadl },
    results = { shapes.failure, timeout },
    note = 'When it fails the old connection stays. Deadlines and hooks go over to the new one, other options do not; '
      .. 'it blocks or not as a socket that is made where `connect` is called. `timeout` comes with an `err`. In '
      .. 'a task `close` by another ends it with ECANCELED, and the client stays closed.' .. note,
    source = 'connect(2)',
  }
end

return client
