-- SPDX-License-Identifier: MIT
-- Contexts of net.tls, as libtls has them, at both ends of a pair of sockets that do not block.

local assert = require('luassert')
local loops = require('loops')
local secure = require('secure')
local tls = require('net.tls')

local contexts = {}

-- The client, the server's end, and their sockets; none of them has done anything yet.
function contexts.pair(client_config, server_config, servername, resumption)
  local near, far = loops.pair()
  local client = assert(tls.client(client_config or secure.client_config()))
  local server = assert(tls.server(server_config or secure.server_config()))
  assert(client:connect_socket(near:fd(), servername or 'localhost', resumption))
  return client, assert(server:accept_socket(far:fd())), near, far
end

-- Goes on with both handshakes until each has ended: what is wrong for the one, and for the other.
function contexts.handshake(...)
  local ends, failures, left = { ... }, {}, 2
  while left > 0 do
    for i = 1, 2 do
      local each = ends[i]
      if each then
        local ok, err, again, want = each:handshake()
        if again then
          assert.equal('read', want)
        else
          ends[i], failures[i], left = false, err, left - 1
          assert.equal(ok == nil, err ~= nil)
        end
      end
    end
  end
  return failures[1], failures[2]
end

-- Both ends of a connection, after their handshakes, and their sockets.
function contexts.connection(...)
  local client, server, near, far = contexts.pair(...)
  local err, of_server = contexts.handshake(client, server)
  assert.is_nil(err)
  assert.is_nil(of_server)
  return client, server, near, far
end

return contexts
