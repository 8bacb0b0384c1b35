-- SPDX-License-Identifier: MIT
-- Every class of llsocket with its functions and methods: a list of classes, in the order of the reference. Those of
-- net are in api/net.lua.
--
-- A class has
--   name       the last part of its module and the name of its page
--   module     what `require` takes; nil for a class that has no module
--   since      the generation that has it first; 4 if not given
--   object     how the documents call an object of it; nil where there are none
--   page       its page, and its files under api/methods/ and api/prose/; its name if not given
--   title      what the documents call a class without a module; llsocket.<name> if not given
--   summary    one line for the index
--   functions  called with a dot
--   methods    called with a colon on an object; on the module where there are none
--   fields     { name =, type =, optional =, says = } of the module
--   attributes the same of an object
--   operators  { sign =, says = } of an object; stub is what an editor should know of it (LuaLS @operator)
-- A function or method has
--   name, says, params, results, errors (names worth knowing), note, source (system call, manual page or RFC)
--   since      the generation that has it first; that of the class if not given. generation1 and generation2 are its
--              names there, if others. What it looked like there is in api/generations/.
--   option     the row of api/options.lua that an option method stands for
-- A parameter has
--   name, says
--   type       integer, number, boolean, string, function, thread, any, fd (an integer), file (a Lua file handle), an
--              object by the name of its class; several of these, as in fd|file; and, taking all further arguments,
--              flags (integers that are OR-ed; nil counts as none), fds (one descriptor at least) and values (any)
--   optional   true if it may be missing or nil; default is what then counts, as Lua text. One that stands before
--              another that is not optional may only be nil.
--   min, max   the range of a number; what is outside is an argument error. math.huge is no limit but that of a
--              64-bit integer; an integer without a range is a C int.
--   min_length, max_length  the same for the length of a string
--   nul        false if the string must not contain a NUL
-- A result has
--   name, type (as above, or table), optional (may be nil), says
--   fields     of a table, or if is_list of each table in a list: like `fields` of a class

local shapes = require('api.methods.shapes')

local classes = {}
for _, name in ipairs({
  'llsocket', 'socket', 'addrinfo', 'iovec', 'msghdr', 'cmsghdr', 'cmsghdrs', 'device', 'env', 'errno', 'error',
}) do
  classes[#classes + 1] = require('api.methods.' .. name)
  classes[name] = classes[#classes]
end

-- What an option row means for the value that its method takes and gives.
local value_of_kind = {
  boolean = { type = 'boolean' },
  integer = { type = 'integer', range = true },
  linger = { type = 'integer', range = true },
  seconds = { type = 'number', range = true },
  interface = { type = 'string', length = true, nul = false },
  bytes = { type = 'string', length = true, nul = false },
}

local function option_method(row)
  local value = value_of_kind[row.kind]
  local method = {
    name = row.method,
    option = row,
    since = row.since or 4,
    generation1 = row.generation1,
    says = row.says,
    note = row.note,
    source = row.source,
    params = {},
    results = {
      {
        name = row.arg,
        type = value.type,
        optional = true,
        says = row.access == 'r' and 'the value' or 'the value before the call',
      },
      shapes.err,
    },
  }
  if row.access == 'rw' then
    method.params[1] = {
      name = row.arg,
      type = value.type,
      optional = true,
      min = value.range and row.min or nil,
      max = value.range and row.max or nil,
      min_length = value.length and row.min or nil,
      max_length = value.length and row.max or nil,
      nul = value.nul,
      says = 'the new value; without it the option is only read',
    }
  end
  return method
end

for _, row in ipairs(require('api.options')) do
  table.insert(classes.socket.methods, option_method(row))
end

return classes
