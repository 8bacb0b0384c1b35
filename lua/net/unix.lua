-- SPDX-License-Identifier: MIT
-- net.unix: what unix sockets have beside others.

local Socket = require('net.socket')
local class = require('net.class')

local Unix = class.define('net.unix.Socket', Socket)

Unix:add_receiving({ 'recvfd' })
Unix:add_sending({ 'sendfd' })

return { Socket = Unix }
