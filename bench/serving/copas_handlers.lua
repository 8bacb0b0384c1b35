-- SPDX-License-Identifier: MIT
-- The same with Copas.

local copas = require('copas')

local ROOM = 65536

local function receive_some(sock)
  local all, _, part = copas.receivePartial(sock, ROOM)
  return all or part ~= '' and part
end

return function(part_bytes)
  local handlers = {}

  function handlers.echo()
    return function(sock)
      local bytes = receive_some(sock)
      while bytes and copas.send(sock, bytes) do
        bytes = receive_some(sock)
      end
    end
  end

  function handlers.receive()
    return function(sock)
      while receive_some(sock) do -- luacheck: ignore 542
      end
    end
  end

  function handlers.send(bytes)
    local part = ('x'):rep(part_bytes)
    return function(sock)
      for _ = 1, bytes / part_bytes do
        copas.send(sock, part)
      end
    end
  end

  return handlers
end
