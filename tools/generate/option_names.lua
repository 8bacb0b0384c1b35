-- SPDX-License-Identifier: MIT
-- lua/net/option_names.lua: which options the classes of net have.

local options = require('api.methods.net.options')

return function()
  local lines = {
    '-- SPDX-License-Identifier: MIT',
    '-- Generated from api/options.lua by `./dev docs`: change it there.',
    '',
    'return {',
  }
  for _, class in ipairs({ 'socket', 'stream', 'dgram' }) do
    lines[#lines + 1] = ('  %s = {'):format(class)
    for _, method in ipairs(options.methods_of(class)) do
      lines[#lines + 1] = ("    '%s',"):format(method.name)
    end
    lines[#lines + 1] = '  },'
  end
  lines[#lines + 1] = '}\n'
  return { ['lua/net/option_names.lua'] = table.concat(lines, '\n') }
end
