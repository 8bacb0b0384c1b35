-- SPDX-License-Identifier: MIT
-- What servers with net do with a connection, by mode: functions of the argument of that, which give a handler.
-- part_bytes: how much they send at a time.

local ROOM = 65536

return function(part_bytes)
  local handlers = {}

  function handlers.echo()
    return function(sock)
      local bytes = sock:recv(ROOM)
      while bytes and sock:send(bytes) do
        bytes = sock:recv(ROOM)
      end
    end
  end

  function handlers.receive()
    return function(sock)
      while sock:recv(ROOM) do -- luacheck: ignore 542
      end
    end
  end

  function handlers.send(bytes)
    local part = ('x'):rep(part_bytes)
    return function(sock)
      for _ = 1, bytes / part_bytes do
        sock:send(part)
      end
    end
  end

  function handlers.sendfile(path)
    local file = assert(io.open(path, 'rb'))
    local size = file:seek('end')
    return function(sock)
      sock:sendfile(file, size)
    end
  end

  return handlers
end
