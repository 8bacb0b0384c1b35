-- SPDX-License-Identifier: MIT
-- net.stream.Socket: what all stream sockets have in common.

local Socket = require('net.socket')
local class = require('net.class')
local option_names = require('net.option_names')
local options = require('net.options')
local reading = require('net.stream.reading')
local secure = require('net.stream.secure')

local Stream = class.define('net.stream.Socket', Socket)

options.add(Stream, option_names.stream)
Stream:add_sending({ 'sendfile' })
reading.add(Stream)
secure.add(Stream)

return Stream
