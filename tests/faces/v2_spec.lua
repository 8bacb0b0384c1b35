-- SPDX-License-Identifier: MIT
-- Generation 2: objects, failures as strings.

local addresses = require('tests.faces.addresses')
local at = require('scenes')
local earlier = require('tests.faces.earlier')
local llsocket = require('llsocket')
local multicast = require('tests.faces.multicast')
local options = require('tests.faces.options')
local replay = require('replay')
local sockets = require('tests.faces.sockets')
local styles = require('tests.faces.styles')
local surface = require('tests.faces.surface')
local transfer = require('tests.faces.transfer')
local v2 = require('llsocket.v2')

local args = replay.pack
local AI_NUMERICHOST = llsocket.AI_NUMERICHOST

describe('llsocket.v2', function()
  local style = styles.strings(v2, 2)
  local face = replay.new(v2, style.scene)

  local made = sockets.tables(style)
  earlier.add_to(made, style)
  face:entries(made)
  face:entry('socket:connect', {
    {
      'wrong argument', 'of generation 3', on = at.tcp(), with = args(require('llsocket.v3').unix.getaddrinfo('x')),
      raises = "bad argument #1 to 'connect' (llsocket.v2.addrinfo expected, got llsocket.v3.addrinfo of generation 3)",
    },
  })
  face:entries(transfer.tables(style))
  face:entries(options.tables(2, style.failure))
  face:entries(multicast.tables(style))
  face:entries(addresses.tables(style))

  -- Each of the two look-ups answers in its own family only.
  local inet = earlier.lookup(style, '127.0.0.1', llsocket.AF_INET)
  table.insert(inet, {
    'failure', 'of the other family', with = args('::1', 80, nil, nil, AI_NUMERICHOST),
    gives = style.failure('EAI_ADDRFAMILY', 'getaddrinfo'),
  })
  local inet6 = earlier.lookup(style, '::1', llsocket.AF_INET6)
  table.insert(inet6, {
    'failure', 'of the other family', with = args('127.0.0.1', 80, nil, nil, AI_NUMERICHOST),
    gives = style.failure('EAI_ADDRFAMILY', 'getaddrinfo'),
  })
  face:entry('inet.getaddrinfo', inet)
  face:entry('inet.getaddrinfo6', inet6)
  face:entry('unix.getaddrinfo', earlier.unix_lookup(style, replay.list))

  sockets.refuse_strangers(style)
  face:leaves_nothing_open()
  face:covers(surface, 2)
  face:offers_only(surface, 2, function(scene)
    return { socket = at.idle()(scene), addrinfo = scene.address(1) }
  end)
  replay.has_constants('llsocket.v2', v2, surface)
end)
