-- SPDX-License-Identifier: MIT
-- For programs that know TLS by this name. Where llnet was built without TLS, there is no net.tls.

return require('net.tls')
