-- SPDX-License-Identifier: MIT
-- What wrong arguments come to in generation 2; the sweep itself is tests/support/arguments.lua.

require('arguments')(2)
