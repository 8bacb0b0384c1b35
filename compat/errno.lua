-- SPDX-License-Identifier: MIT
-- For programs that know the errors of the platform by this name.

return require('llsocket.errno')
