-- SPDX-License-Identifier: MIT
-- connect() and bind() of datagram sockets: with options, or without for the address for which the socket was made.

local errors = require('net.errors')

local function own_address(self, name)
  return self.address or errors.argument(1, name, 'table expected, got nil')
end

-- Adds the methods to a class. address_of(self, options, name) gives the address that options of the method `name`
-- mean, or nil and what is wrong.
return function(class, address_of)
  for _, name in ipairs({ 'connect', 'bind' }) do
    class[name] = function(self, options)
      local ai, failure
      if options == nil then
        ai = own_address(self, name)
      else
        ai, failure = address_of(self, options, name)
      end
      if not ai then
        return failure
      end
      local _, err = self.sock[name](self.sock, ai)
      return errors.text(err)
    end
  end
end
