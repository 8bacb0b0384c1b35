-- SPDX-License-Identifier: MIT
-- For programs that know TLS by this name. Where llnet was built without TLS, its `available` is false.

return require('net.tls')
