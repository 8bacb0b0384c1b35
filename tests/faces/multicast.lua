-- SPDX-License-Identifier: MIT
-- Tables of the multicast memberships over IPv4, for generations 2 to 4.

local at = require('scenes')
local replay = require('replay')

local args = replay.pack

local group_text, source_text = '239.255.71.9', '127.0.0.2'

-- A UDP socket after another membership call.
local function member(method, ...)
  local arguments = replay.pack(...)
  return function(scene)
    local sock = at.udp()(scene)
    sock[method](sock, (table.unpack or unpack)(arguments, 1, arguments.n))
    return sock
  end
end

local multicast = {}

-- What is refused whatever the call does: `first` are its arguments, without the interface.
local function refusals(style, first, rows)
  local function with(interface)
    local all = { n = first.n + 1, (table.unpack or unpack)(first, 1, first.n) }
    all[all.n] = interface
    return all
  end
  table.insert(rows, { 'failure', 'closed', on = at.closed(2), with = with('lo'),
    gives = style.refused('EBADF', 'setsockopt') })
  table.insert(rows, { 'failure', 'a stream', on = at.tcp(), with = with('lo'),
    gives = style.refused('EPROTO', 'setsockopt') })
  table.insert(rows, { 'failure', 'no such interface', on = at.udp(), with = with('no such if'),
    gives = style.refused('ENODEV', 'if_nametoindex') })
  table.insert(rows, { 'wrong argument', on = at.udp(), raises = 'expected, got no value)' })
  return rows
end

-- What no text of generations 2 and 3 may be.
local function add_text_refusals(rows, style, wrong_text, wrong_family)
  if style.generation < 4 then
    table.insert(rows, { 'failure', 'no address', on = at.udp(), with = wrong_text,
      gives = style.refused('EAI_NONAME', 'getaddrinfo') })
    table.insert(rows, { 'failure', 'of the other family', on = at.udp(), with = wrong_family,
      gives = style.refused('EAI_ADDRFAMILY', 'getaddrinfo') })
  end
  return rows
end

local function of_group(style)
  local group = style.group(group_text)
  local function rows_with(rows)
    add_text_refusals(rows, style, args('not numeric', 'lo'), args('ff15::7:9', 'lo'))
    return refusals(style, args(group), rows)
  end
  return {
    ['socket:mcastjoin'] = rows_with({
      { 'success', on = at.udp(), with = args(group, 'lo'), gives = style.done },
      { 'failure', 'twice', on = member('mcastjoin', group, 'lo'), with = args(group, 'lo'),
        gives = style.refused('EADDRINUSE', 'setsockopt') },
      { 'failure', 'no group', on = at.udp(), with = args(style.group('127.0.0.1'), 'lo'),
        gives = style.refused('EINVAL', 'setsockopt') },
    }),
    ['socket:mcastleave'] = rows_with({
      { 'success', on = member('mcastjoin', group, 'lo'), with = args(group, 'lo'), gives = style.done },
      { 'failure', 'not joined', on = at.udp(), with = args(group, 'lo'),
        gives = style.refused('EADDRNOTAVAIL', 'setsockopt') },
    }),
  }
end

local function of_source(style)
  local group, source = style.group(group_text), style.group(source_text)
  local call = args(group, source, 'lo')
  -- `off`, of which there is more to say, is where the call fails.
  local function rows_with(on, remark, off, name)
    local rows = {
      { 'success', on = on, with = call, gives = style.done },
      { 'failure', remark, on = off, with = call, gives = style.refused(name, 'setsockopt') },
    }
    add_text_refusals(rows, style, args(group, 'not numeric', 'lo'), args(group, '::1', 'lo'))
    return refusals(style, args(group, source), rows)
  end
  local joined, joined_source = member('mcastjoin', group, 'lo'), member('mcastjoinsrc', group, source, 'lo')
  local function blocked(scene)
    local sock = joined(scene)
    sock:mcastblocksrc(group, source, 'lo')
    return sock
  end
  return {
    ['socket:mcastjoinsrc'] = rows_with(at.udp(), 'twice', joined_source, 'EADDRNOTAVAIL'),
    ['socket:mcastleavesrc'] = rows_with(joined_source, 'not joined', at.udp(), 'EINVAL'),
    ['socket:mcastblocksrc'] = rows_with(joined, 'twice', blocked, 'EADDRNOTAVAIL'),
    ['socket:mcastunblocksrc'] = rows_with(blocked, 'not blocked', joined, 'EADDRNOTAVAIL'),
  }
end

function multicast.tables(style)
  local tables = of_group(style)
  for entry, rows in pairs(of_source(style)) do
    tables[entry] = rows
  end
  return tables
end

return multicast
