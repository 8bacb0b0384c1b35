-- SPDX-License-Identifier: MIT
-- written(value): what tostring says of an error, whatever that does.

return function(value)
  local ok, text = pcall(tostring, value)
  return ok and type(text) == 'string' and text or 'an error that cannot be written'
end
