-- SPDX-License-Identifier: MIT
-- The four generations of llsocket: a list, in order.
--
-- A generation has
--   number, name   3 and 'v3'
--   module         what `require` takes
--   errors         what a failure is: 'number' (an errno), 'string' or 'object'
--   summary        one line for the index; the prose is api/prose/<name>.md
--   classes        as in api/methods.lua, which is that of generation 4
--
-- The classes of an earlier generation are derived from those of generation 4 (api/generations/derive.lua); written out
-- are only the differences. Beside what api/methods.lua describes
--   a type may be addr, an object of generation 1
--   a function or method has `becomes`: what took its place in generation 4, such as 'socket:recv'

local generations = {}
for number = 1, 3 do
  generations[number] = require('api.generations.v' .. number)
end

generations[4] = {
  number = 4,
  name = 'v4',
  module = 'llsocket',
  errors = 'object',
  summary = 'the generation of today',
  classes = require('api.methods'),
}

return generations
