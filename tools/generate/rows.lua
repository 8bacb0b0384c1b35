-- SPDX-License-Identifier: MIT
-- The rows that the C++ sources include: options, constants, error numbers.

local facts = require('tools.generate.facts')

local header = [[
// SPDX-License-Identifier: MIT
// Generated from %s by `./dev docs`: change it there.
// %s
]]

local access_names = { rw = 'read_write', r = 'read_only' }
local kind_names = { interface = 'interface_name' }

local function lines_of(source, note)
  return { (header:format(source, note):gsub('\n$', '')) }
end

local function text_of(lines)
  return table.concat(lines, '\n') .. '\n'
end

local function add_option_of_family(lines, option)
  if not option then
    lines[#lines + 1] = '    absent_option,'
    return
  end
  for i, name in ipairs(facts.candidates(option.constant)) do
    lines[#lines + 1] = ('#%s defined(%s)'):format(i == 1 and 'if' or 'elif', name)
    lines[#lines + 1] = ('    {%s, %s},'):format(option.level, name)
  end
  lines[#lines + 1] = '#else'
  lines[#lines + 1] = '    absent_option,'
  lines[#lines + 1] = '#endif'
end

local function add_option(lines, row)
  local min, max = row.min or 0, row.max or 1
  lines[#lines + 1] = ('{"%s", OptionKind::%s, OptionAccess::%s, %d, %d,'):format(
    row.method,
    kind_names[row.kind] or row.kind,
    access_names[row.access],
    min,
    max
  )
  add_option_of_family(lines, facts.option_of_family(row, 'inet'))
  add_option_of_family(lines, facts.option_of_family(row, 'inet6'))
  lines[#lines + 1] = '},'
end

local function option_rows()
  local lines = lines_of(
    'api/options.lua',
    'Name, kind, access, min, max, the option of IPv4 and unix sockets, the option of IPv6.\n'
      .. '// Needs <sys/socket.h> <netinet/in.h> <netinet/tcp.h> <netinet/udp.h>.'
  )
  for _, row in ipairs(facts.options) do
    add_option(lines, row)
  end
  return text_of(lines)
end

local function option_methods()
  local lines = lines_of(
    'api/options.lua',
    'The rows of core/sock/option_rows.inc, in their order: the generation that first has it, the name in generation 1.'
  )
  for _, row in ipairs(facts.options) do
    local since = row.since or 4
    local first_name = since == 1 and ('"%s"'):format(row.generation1 or row.method) or 'nullptr'
    lines[#lines + 1] = ('{%d, %s}, // %s'):format(since, first_name, row.method)
  end
  return text_of(lines)
end

local function add_constant(lines, row)
  local value = row.alias or row.name
  lines[#lines + 1] = ('#if defined(%s)'):format(value)
  lines[#lines + 1] = ('{"%s", %s},'):format(row.name, value)
  if row.linux then
    lines[#lines + 1] = '#elif defined(__linux__)'
    lines[#lines + 1] = ('{"%s", %d},'):format(row.name, row.linux)
  end
  lines[#lines + 1] = '#endif'
end

local function constant_rows()
  local lines = lines_of(
    'api/constants.lua',
    'Name and value. Needs <sys/socket.h> <sys/un.h> <netdb.h> <netinet/in.h> <netinet/tcp.h> <netinet/udp.h>.'
  )
  for _, group in ipairs(facts.constants) do
    for _, row in ipairs(facts.group_rows(group)) do
      add_constant(lines, row)
    end
  end
  return text_of(lines)
end

-- Canonical names come before their aliases, so the first row with a number names it.
local function error_rows(rows, note)
  local lines = lines_of('api/errors.lua', note)
  for _, row in ipairs(rows) do
    lines[#lines + 1] = ('#if defined(%s)'):format(row[1])
    lines[#lines + 1] = ('{"%s", %s},'):format(row[1], row[1])
    lines[#lines + 1] = '#endif'
  end
  return text_of(lines)
end

local function tls_rows()
  local lines = lines_of('api/errors.lua', 'Name, number and text.')
  for _, row in ipairs(facts.errors.tls) do
    lines[#lines + 1] = ('{"%s", %d, "%s"},'):format(row[1], row[3], row[2])
  end
  return text_of(lines)
end

return function()
  return {
    ['core/sock/option_rows.inc'] = option_rows(),
    ['glue/llsocket/option_methods.inc'] = option_methods(),
    ['glue/llsocket/constant_rows.inc'] = constant_rows(),
    ['core/base/errno_rows.inc'] = error_rows(
      facts.errors.errno,
      'Name and number; the first row with a number has its canonical name. Needs <cerrno>.'
    ),
    ['core/base/tls_rows.inc'] = tls_rows(),
    ['core/base/eai_rows.inc'] = error_rows(facts.errors.eai, 'Name and number. Needs <netdb.h>.'),
  }
end
