-- SPDX-License-Identifier: MIT
-- Every constant of the module: a list of groups, in the order of the reference page.
--
-- A group has
--   prefix  what its names begin with
--   title   heading on the reference page
--   says    what the constants are for, one or two sentences
--   source  where they come from: manual page or RFC
--   rows    { name, note } each: names that deserve a word. A row may also have
--             linux    the value on Linux, for what its C library forgets to define
--             alias    the name whose value this one has
--   others  further names, separated by white space
-- A constant that the platform does not define is nil there.

local groups = {}
for _, part in ipairs({ 'families', 'flags', 'options', 'protocols' }) do
  for _, group in ipairs(require('api.constants.' .. part)) do
    groups[#groups + 1] = group
  end
end

return groups
