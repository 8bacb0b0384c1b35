-- SPDX-License-Identifier: MIT
-- The modules of net and the classes of their objects: a list, in the order of the reference. api/methods.lua describes
-- their fields; `page` and `title` are for what is not of llsocket. A class can have as well
--   called        how the documents call the table with its functions; its name if not given
--   parents       the names of the classes from which it has methods
--   others        classes that are described on the same page
--   options_give  what its option methods answer
-- The names of modules are types, too. A parameter that is a table can have fields, as a result can; of a list `of` is
-- the type of what is in it.

local classes = {}

local function add(class, page)
  class.page = page
  classes[#classes + 1] = class
  for _, other in ipairs(class.others or {}) do
    add(other, page)
  end
end

for _, name in ipairs({
  'net', 'socket', 'message', 'stream', 'server', 'stream_inet', 'stream_unix', 'dgram', 'dgram_inet', 'dgram_unix',
  'unix', 'tls', 'loop', 'task', 'group', 'poller', 'adapter',
}) do
  classes[name] = require('api.methods.net.' .. name)
  add(classes[name], 'net/' .. name)
end

return classes
