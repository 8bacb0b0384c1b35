-- SPDX-License-Identifier: MIT
-- Tables of what generations 2 and 3 have in their own way: sockets that are made from an address and know it, and
-- look-ups by family.

local at = require('scenes')
local llsocket = require('llsocket')
local replay = require('replay')
local styles = require('tests.faces.styles')

local args, results = replay.pack, replay.pack
local AF_INET, AF_UNIX, SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET, SOCK_RDM = llsocket.AF_INET, llsocket.AF_UNIX,
  llsocket.SOCK_STREAM, llsocket.SOCK_DGRAM, llsocket.SOCK_SEQPACKET, llsocket.SOCK_RDM
local IPPROTO_TCP, AI_NUMERICHOST = llsocket.IPPROTO_TCP, llsocket.AI_NUMERICHOST

local earlier = {}

local function making(style)
  local stranger, complaint = styles.stranger(style, 'new', 1)
  local function made(fields)
    return replay.object(style.class('socket'), fields)
  end
  local function pair_of(fields)
    return replay.list(made(fields), made(fields))
  end
  local function address(socktype)
    return function(scene)
      return scene.address(0, socktype)
    end
  end
  local function impossible_address(scene)
    return scene.unix_address('', SOCK_RDM)
  end
  return {
    ['socket.new'] = {
      { 'success', on = address(SOCK_STREAM), gives = results(made({
        family = AF_INET, socktype = SOCK_STREAM, protocol = IPPROTO_TCP, nonblock = false, cloexec = true,
      })) },
      { 'success', 'non-blocking', on = address(SOCK_DGRAM), with = args(true),
        gives = results(made({ socktype = SOCK_DGRAM, nonblock = true })) },
      { 'failure', on = impossible_address, gives = style.failure('ESOCKTNOSUPPORT', 'socket') },
      { 'wrong argument', 'of another generation', with = args(stranger), raises = complaint },
    },
    ['socket.pair'] = {
      { 'success', with = args(SOCK_STREAM), gives = results(pair_of({
        family = AF_UNIX, socktype = SOCK_STREAM, nonblock = false, cloexec = true,
      })) },
      { 'success', 'non-blocking', with = args(SOCK_SEQPACKET, true),
        gives = results(pair_of({ socktype = SOCK_SEQPACKET, nonblock = true })) },
      { 'success', 'with a protocol', with = args(SOCK_DGRAM, false, 0),
        gives = results(pair_of({ socktype = SOCK_DGRAM, protocol = 0 })) },
      { 'failure', with = args(SOCK_RDM), gives = style.failure('ESOCKTNOSUPPORT', 'socketpair') },
      { 'failure', 'no such protocol', with = args(SOCK_STREAM, false, 99),
        gives = style.failure('EPROTONOSUPPORT', 'socketpair') },
    },
  }
end

-- The rows of bind, connect and dup that need the address of the socket itself.
local function with_own_address(style)
  local function connects(sock)
    return select('#', sock:connect()) == 0
  end
  local function pair_and_address(scene)
    return at.idle()(scene), select(2, scene:listener())
  end
  local addressed = replay.matcher('a socket with the address of a listener', connects)
  local unaddressed = replay.matcher('a socket without an address', function(sock)
    return not pcall(connects, sock)
  end)
  local function accepted(scene)
    return select(2, scene:connection())
  end
  local stranger, complaint = styles.stranger(style, 'dup', 1)
  local wants = ("bad argument #1 to 'bind' (%s expected, got no value)"):format(style.class('addrinfo'))
  return {
    ['socket:bind'] = {
      { 'success', 'its own address', on = at.alone(at.newcomer()), gives = style.done },
      { 'failure', 'its own address is taken', on = at.alone(at.latecomer()),
        gives = style.refused('EADDRINUSE', 'bind') },
      { 'wrong argument', 'accepted, without an address', on = accepted, raises = wants },
    },
    ['socket:connect'] = {
      { 'success', 'its own address', on = at.alone(at.caller()), gives = style.done },
      { 'success', 'its own address, in progress', on = at.alone(at.caller(true)),
        gives = style.connecting('EINPROGRESS') },
      { 'failure', 'its own address refuses', on = at.alone(at.refused_caller()),
        gives = style.connect_failure('ECONNREFUSED') },
    },
    ['socket:dup'] = {
      { 'success', 'keeps the address', on = at.alone(at.caller()), gives = results(addressed) },
      { 'success', 'takes another', on = function(scene)
        return at.tcp()(scene), select(2, scene:listener())
      end, gives = results(addressed) },
      { 'success', 'without an address', on = at.idle(), gives = results(unaddressed) },
      { 'success', 'of a pair, with an address that is not of its family', on = pair_and_address,
        gives = results(replay.object(style.class('socket'), { family = AF_UNIX })) },
      { 'wrong argument', 'of another generation', on = at.idle(), with = args(stranger), raises = complaint },
    },
  }
end

-- inet.getaddrinfo and its kin: of a host and the family that the answers have.
function earlier.lookup(style, numeric_host, family)
  local function answer(fields)
    fields.family, fields.addr = family, numeric_host
    return replay.object(style.class('addrinfo'), fields)
  end
  return {
    { 'success', with = args(numeric_host, '80'),
      gives = results(replay.list(answer({ port = 80, socktype = SOCK_STREAM, protocol = IPPROTO_TCP }))) },
    { 'success', 'with a number for the port, a type and a flag',
      with = args(numeric_host, 81, SOCK_DGRAM, nil, AI_NUMERICHOST, llsocket.AI_NUMERICSERV),
      gives = results(replay.list(answer({ port = 81, socktype = SOCK_DGRAM }))) },
    { 'success', 'a protocol', with = args(numeric_host, nil, SOCK_DGRAM, llsocket.IPPROTO_UDP),
      gives = results(replay.list(answer({ port = 0, protocol = llsocket.IPPROTO_UDP }))) },
    { 'success', 'a canonical name', with = args(numeric_host, nil, nil, nil, llsocket.AI_CANONNAME),
      gives = results(replay.list(answer({ canonname = numeric_host }))) },
    { 'failure', 'no address', with = args('not numeric', nil, nil, nil, AI_NUMERICHOST),
      gives = style.failure('EAI_NONAME', 'getaddrinfo') },
    { 'failure', 'no such service', with = args(numeric_host, 'no such service'),
      gives = style.failure('EAI_SERVICE', 'getaddrinfo') },
    { 'failure', 'no such type', with = args(numeric_host, nil, 9999),
      gives = style.failure('EAI_SOCKTYPE', 'getaddrinfo') },
    { 'wrong argument', with = args({}), raises = '(string expected, got table)' },
  }
end

-- unix.getaddrinfo; `shape` makes of an addrinfo what the generation gives.
function earlier.unix_lookup(style, shape)
  local function answer(fields)
    fields.family = AF_UNIX
    return results(shape(replay.object(style.class('addrinfo'), fields)))
  end
  return {
    { 'success', with = args('/some/path'), gives = answer({ addr = '/some/path', socktype = SOCK_STREAM }) },
    { 'success', 'with type and protocol', with = args('\0name', SOCK_DGRAM, 0),
      gives = answer({ addr = '\0name', socktype = SOCK_DGRAM, protocol = 0 }) },
    { 'failure', 'too long', with = args(('x'):rep(1000)), gives = style.failure('ENAMETOOLONG', 'unix') },
    { 'wrong argument', raises = "bad argument #1 to 'getaddrinfo' (string expected, got no value)" },
  }
end

-- The tables of making sockets; the rows of own addresses are added to those in `tables`.
function earlier.add_to(tables, style)
  for entry, rows in pairs(making(style)) do
    tables[entry] = rows
  end
  for entry, rows in pairs(with_own_address(style)) do
    for _, row in ipairs(rows) do
      table.insert(tables[entry], row)
    end
  end
end

return earlier
