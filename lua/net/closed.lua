-- SPDX-License-Identifier: MIT
-- closed(family): a socket of llsocket that is closed, always the same, which stands where there is none; nil and an
-- error object if none can be made.

local llsocket = require('llsocket')

local made = {} -- by family

return function(family)
  if not made[family] then
    local sock, err = llsocket.socket.new(family, llsocket.SOCK_STREAM)
    if not sock then
      return nil, err
    end
    sock:close()
    made[family] = sock
  end
  return made[family]
end
