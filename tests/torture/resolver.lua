-- SPDX-License-Identifier: MIT
-- Addresses are made, looked up and told.

package.path = 'tests/support/?.lua;' .. package.path

local check = require('check')
local llsocket = require('llsocket')
local addrinfo = llsocket.addrinfo

return function()
  local numeric, canonical = llsocket.AI_NUMERICHOST, llsocket.AI_CANONNAME
  local list = check(addrinfo.getaddrinfo('127.0.0.1', 80, nil, nil, nil, numeric, canonical))
  check(#list > 0 and list[1]:canonname() == '127.0.0.1')
  check(list[1]:getnameinfo(llsocket.NI_NUMERICHOST, llsocket.NI_NUMERICSERV).service == '80')
  check(tostring(check(addrinfo.inet6('::1', 80))) == 'llsocket.addrinfo: [::1]:80')
  check(check(addrinfo.unix('\0name')):addr() == '\0name')
  check(check(addrinfo.opaque(llsocket.AF_INET, 'bytes')):family() == llsocket.AF_INET)
  local none, err = addrinfo.getaddrinfo('no address', nil, nil, nil, nil, numeric)
  check(none == nil)
  check(err.name == 'EAI_NONAME', err)
end
