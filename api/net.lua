-- SPDX-License-Identifier: MIT
-- The modules of net and the classes of their objects: a list, in the order of the reference. api/methods.lua describes
-- their fields; `page` and `title` are for what is not of llsocket.

local classes = {}
for _, name in ipairs({ 'net', 'loop', 'task', 'group', 'poller', 'adapter' }) do
  local class = require('api.methods.net.' .. name)
  class.page = 'net/' .. name
  classes[#classes + 1] = class
  classes[name] = class
end

return classes
