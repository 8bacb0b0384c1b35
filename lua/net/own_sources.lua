-- SPDX-License-Identifier: MIT
-- The begin of the names of the files of net, as debug.getinfo tells them. Errors show the line of the program, not one
-- in there.

local scheduler = require('llsocket.scheduler')

local own_sources = debug.getinfo(1, 'S').source:match('^(.*)own_sources%.lua$')
scheduler.hide(own_sources)

return own_sources
