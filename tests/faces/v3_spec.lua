-- SPDX-License-Identifier: MIT
-- Generation 3: objects and messages, failures as strings.

local addresses = require('tests.faces.addresses')
local at = require('scenes')
local earlier = require('tests.faces.earlier')
local llsocket = require('llsocket')
local messages = require('tests.faces.messages')
local multicast = require('tests.faces.multicast')
local options = require('tests.faces.options')
local replay = require('replay')
local sockets = require('tests.faces.sockets')
local styles = require('tests.faces.styles')
local surface = require('tests.faces.surface')
local transfer = require('tests.faces.transfer')
local v3 = require('llsocket.v3')
local vectors = require('tests.faces.vectors')

local args, results = replay.pack, replay.pack

describe('llsocket.v3', function()
  local style = styles.strings(v3, 3)
  local face = replay.new(v3, style.scene)

  local made = sockets.tables(style)
  earlier.add_to(made, style)
  face:entries(made)
  face:entry('socket:connect', {
    {
      'wrong argument', 'of generation 2', on = at.tcp(), with = args(require('llsocket.v2').unix.getaddrinfo('x')[1]),
      raises = "bad argument #1 to 'connect' (llsocket.v3.addrinfo expected, got llsocket.v2.addrinfo of generation 2)",
    },
  })
  face:entries(sockets.later_tables(style))
  face:entries(transfer.tables(style))
  face:entries(messages.tables(style))
  face:entries(vectors.tables(style))
  face:entries(options.tables(3, style.failure))
  face:entries(multicast.tables(style))
  face:entries(addresses.tables(style))

  -- One look-up answers in the family that the host has.
  local inet = earlier.lookup(style, '127.0.0.1', llsocket.AF_INET)
  table.insert(inet, {
    'success', 'IPv6', with = args('::1', 80), gives = results(replay.list(replay.object(style.class('addrinfo'), {
      family = llsocket.AF_INET6, addr = '::1', port = 80, socktype = llsocket.SOCK_STREAM,
    }))),
  })
  face:entry('inet.getaddrinfo', inet)
  face:entry('unix.getaddrinfo', earlier.unix_lookup(style, function(address)
    return address
  end))

  sockets.refuse_strangers(style)
  face:leaves_nothing_open()
  face:covers(surface, 3)
  face:offers_only(surface, 3, function(scene)
    return {
      socket = at.idle()(scene), addrinfo = scene.address(1), msghdr = v3.msghdr.new(),
      cmsghdr = v3.cmsghdr.rights(0), cmsghdrs = v3.cmsghdrs.new(), iovec = v3.iovec.new(),
    }
  end)
  replay.has_constants('llsocket.v3', v3, surface)
end)
