-- SPDX-License-Identifier: MIT
-- Fields of the instances of net: how many seconds they wait at most; false: as long as it takes. They are numbers for
-- glue/net/recv_send.cpp.

return { receive = 2, send = 3 }
