-- SPDX-License-Identifier: MIT
-- Programs in network and mount namespaces of their own, which end with them.

local namespaces = {}

-- Without privilege, a user namespace makes the others possible. The shell's parent is this process, whose program it
-- starts again. What ip(8) and unshare(1) leak is not ours.
local command = [[
  export ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0"
  new=-nm
  unshare $new true 2>/dev/null || new=-rnm
  unshare $new sh %s "$(readlink /proc/$PPID/exe)" %s 2>&1
]]

-- Runs a Lua program with this interpreter after the shell script `network` made its interfaces and said "ready". Both
-- may have arguments behind them. Returns what the program wrote; or nil and why the namespace could not be made.
function namespaces.run(network, program)
  local pipe = assert(io.popen(command:format(network, program)))
  local output = pipe:read('*a')
  pipe:close()
  local written = output:match('^ready\n(.*)$')
  if written then
    return written
  end
  return nil, (output:gsub('%s+$', ''))
end

return namespaces
