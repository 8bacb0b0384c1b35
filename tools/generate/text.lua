-- SPDX-License-Identifier: MIT
-- How names, parameters and results are written on the reference pages and in the editor types.

local facts = require('tools.generate.facts')

local text = {}

local variadic = { flags = true, fds = true, values = true }

local function is_variadic(param)
  return variadic[param.type] or false
end

text.is_variadic = is_variadic

-- How many of the parameters must stand: those behind which another must, too.
function text.required(params)
  local count = 0
  for i, param in ipairs(params) do
    count = param.optional and count or i
  end
  return count
end

-- The parameters as a manual writes them: "msg [, flag, ...]", "[host [, port]]".
local function parameter_list(params)
  local list, open_brackets, required = '', 0, text.required(params)
  for i, param in ipairs(params) do
    local name = is_variadic(param) and param.name .. ', ...' or param.name
    if i > required then
      list = list .. (i > 1 and ' [, ' or '[') .. name
      open_brackets = open_brackets + 1
    else
      list = list .. (i > 1 and ', ' or '') .. name
    end
  end
  return list .. (']'):rep(open_brackets)
end

-- "sock:send(msg [, flag, ...])"
function text.call(class, entry, is_method)
  local table_name = class.called or class.name
  local owner = is_method and (class.object or table_name) .. ':' or table_name .. '.'
  return ('%s%s(%s)'):format(owner, entry.name, parameter_list(entry.params))
end

-- "len, err, again"
function text.result_names(entry)
  local names = {}
  for _, result in ipairs(entry.results) do
    names[#names + 1] = result.name
  end
  return table.concat(names, ', ')
end

local int_max = 2147483647
local int_min = -2147483648

-- "0 to 255", "at least 0", "1 to 15 bytes", or nil where every C int or string is taken.
function text.range(param)
  if param.type:match('^fd') or param.min == int_min then
    return nil
  end
  if param.max and param.max >= int_max then
    return ('at least %d'):format(param.min)
  end
  if param.max then
    return ('%d to %d'):format(param.min, param.max)
  end
  if param.max_length then
    return ('%d to %d bytes'):format(param.min_length or 0, param.max_length)
  end
  return nil
end

-- The constants of an option row, "TCP_KEEPIDLE or TCP_KEEPALIVE".
local function constant_names(option)
  return option and table.concat(facts.candidates(option.constant), ' or ')
end

-- "IP_TTL, IPV6_UNICAST_HOPS"
function text.option_constants(row)
  if row.level then
    return constant_names(row)
  end
  local names = { constant_names(row.inet), constant_names(row.inet6) }
  if not row.inet then
    names = { constant_names(row.inet6) .. ' (IPv6 only)' }
  end
  return table.concat(names, ', ')
end

return text
