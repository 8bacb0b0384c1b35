-- SPDX-License-Identifier: MIT
-- Generation 4: objects, failures as error objects.

local addresses = require('tests.faces.addresses')
local at = require('scenes')
local llsocket = require('llsocket')
local messages = require('tests.faces.messages')
local multicast = require('tests.faces.multicast')
local options = require('tests.faces.options')
local replay = require('replay')
local sockets = require('tests.faces.sockets')
local styles = require('tests.faces.styles')
local surface = require('tests.faces.surface')
local transfer = require('tests.faces.transfer')
local vectors = require('tests.faces.vectors')

local args, results = replay.pack, replay.pack
local AF_INET, AF_INET6, AF_UNIX = llsocket.AF_INET, llsocket.AF_INET6, llsocket.AF_UNIX
local SOCK_STREAM, SOCK_DGRAM, SOCK_RDM = llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM, llsocket.SOCK_RDM
local IPPROTO_TCP, IPPROTO_UDP, AI_NUMERICHOST =
  llsocket.IPPROTO_TCP, llsocket.IPPROTO_UDP, llsocket.AI_NUMERICHOST

local style = styles.objects()

local function sock(fields)
  return replay.object('llsocket.socket', fields)
end

local function address(fields)
  return replay.object('llsocket.addrinfo', fields)
end

local function pair_of(fields)
  return replay.list(sock(fields), sock(fields))
end

local making = {
  ['socket.new'] = {
    { 'success', with = args(AF_INET, SOCK_STREAM), gives = results(sock({
      family = AF_INET, socktype = SOCK_STREAM, protocol = 0, nonblock = false, cloexec = true,
    })) },
    { 'success', 'with a protocol, non-blocking', with = args(AF_INET, SOCK_DGRAM, IPPROTO_UDP, true),
      gives = results(sock({ protocol = IPPROTO_UDP, nonblock = true })) },
    { 'failure', with = args(AF_UNIX, SOCK_RDM), gives = style.failure('ESOCKTNOSUPPORT', 'socket') },
    { 'wrong argument', with = args('inet'), raises = "bad argument #1 to 'new' (integer expected, got string)" },
  },
  ['socket.pair'] = {
    { 'success', with = args(SOCK_STREAM), gives = results(pair_of({ family = AF_UNIX, nonblock = false })) },
    { 'success', 'with a protocol, non-blocking', with = args(SOCK_DGRAM, 0, true),
      gives = results(pair_of({ socktype = SOCK_DGRAM, nonblock = true })) },
    { 'failure', with = args(SOCK_RDM), gives = style.failure('ESOCKTNOSUPPORT', 'socketpair') },
  },
}

-- Beside the rows that generation 3 has as well.
local more_rows = {
  ['socket.wrap'] = {
    { 'success', 'non-blocking', on = function(scene)
      return at.tcp()(scene):unwrap()
    end, with = args(true), gives = results(sock({ nonblock = true, protocol = IPPROTO_TCP })) },
  },
  ['socket:accept'] = {
    { 'success', 'with the address', on = at.visited(), with = args(true),
      gives = results(sock({ family = AF_INET }), nil, false, address({ addr = at.host, port = replay.from(1) })) },
    { 'would block', 'with the address', on = at.listener(true), with = args(true), gives = results(nil, nil, true) },
  },
  ['socket:mcastjoin'] = {
    { 'failure', 'of the other family', on = at.udp(),
      with = args(llsocket.addrinfo.inet6('ff15::7:9', 0, SOCK_DGRAM), 'lo'),
      gives = style.refused('EAFNOSUPPORT', 'setsockopt') },
    { 'wrong argument', 'text', on = at.udp(), with = args('239.255.71.9', 'lo'),
      raises = "bad argument #1 to 'mcastjoin' (llsocket.addrinfo expected, got string)" },
  },
}

local looking_up = {
  ['addrinfo.inet'] = {
    { 'success', with = args('127.0.0.1', 80),
      gives = results(address({ family = AF_INET, addr = '127.0.0.1', port = 80, socktype = SOCK_STREAM })) },
    { 'success', 'of nothing', gives = results(address({ family = AF_INET, port = 0 })) },
    { 'failure', with = args('not numeric', 80, nil, nil, AI_NUMERICHOST),
      gives = style.failure('EAI_NONAME', 'getaddrinfo') },
  },
  ['addrinfo.inet6'] = {
    { 'success', with = args('::1', '80', SOCK_DGRAM),
      gives = results(address({ family = AF_INET6, addr = '::1', port = 80, socktype = SOCK_DGRAM })) },
    { 'failure', with = args('127.0.0.1', 80, nil, nil, AI_NUMERICHOST),
      gives = style.failure('EAI_ADDRFAMILY', 'getaddrinfo') },
  },
  ['addrinfo.unix'] = {
    { 'success', with = args('/some/path', SOCK_DGRAM, 0),
      gives = results(address({ family = AF_UNIX, addr = '/some/path', socktype = SOCK_DGRAM })) },
    { 'failure', 'too long', with = args(('x'):rep(1000)), gives = style.failure('ENAMETOOLONG', 'unix') },
  },
  ['addrinfo.getaddrinfo'] = {
    { 'success', with = args('127.0.0.1', 80, AF_INET, SOCK_STREAM, IPPROTO_TCP, AI_NUMERICHOST),
      gives = results(replay.list(address({ addr = '127.0.0.1', port = 80, protocol = IPPROTO_TCP }))) },
    { 'failure', with = args('not numeric', 80, nil, nil, nil, AI_NUMERICHOST),
      gives = style.failure('EAI_NONAME', 'getaddrinfo') },
  },
  ['errno.parse'] = {
    { 'success', with = args('[EPIPE:32][send] Broken pipe'),
      gives = results(replay.matcher('the error', function(err)
        return err.type == llsocket.errno.EPIPE and err.op == 'send'
      end)) },
    { 'success', 'no error', with = args('else'), gives = results(nil) },
  },
}

describe('llsocket', function()
  local face = replay.new(llsocket, style.scene)

  face:entries(making)
  face:entries(sockets.tables(style))
  face:entries(sockets.later_tables(style))
  face:entries(more_rows)
  face:entries(transfer.tables(style))
  face:entries(messages.tables(style))
  face:entries(vectors.tables(style))
  face:entries(options.tables(4, style.failure))
  face:entries(multicast.tables(style))
  face:entries(addresses.tables(style))
  face:entries(looking_up)

  sockets.refuse_strangers(style)
  face:leaves_nothing_open()
  face:covers(surface, 4)
  replay.has_constants('llsocket', llsocket, surface)
end)
