-- SPDX-License-Identifier: MIT
-- What is not to be seen in errors, which show the line of the program and not one of net:
--   sources    the begin of the names of its files, as debug.getinfo tells them
--   functions  a set of others of its functions

local scheduler = require('llsocket.scheduler')

local own = {
  sources = debug.getinfo(1, 'S').source:match('^(.*)own%.lua$'),
  functions = {},
}
scheduler.hide(own.sources, own.functions)

return own
