-- SPDX-License-Identifier: MIT
-- net.dgram: datagrams.

local llsocket = require('llsocket')
local resolve = require('net.resolve')

local dgram = {
  Socket = require('net.dgram.socket'),
  inet = require('net.dgram.inet'),
  unix = require('net.dgram.unix'),
}

resolve.add_functions(dgram, llsocket.SOCK_DGRAM)

return dgram
