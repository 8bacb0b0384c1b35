-- SPDX-License-Identifier: MIT
-- For programs that know the iovec by this name. They expect errors that are strings.

return require('llsocket.v3.iovec')
