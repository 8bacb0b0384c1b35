-- SPDX-License-Identifier: MIT
-- The rows of an earlier generation, made from those of generation 4.
--
-- What follows from the generation's kind of errors is done here. A row that differs in more has an entry in the
-- generation's `changes`, by its name in generation 4 ('socket:connect'): its fields replace those of the row, and
-- false removes one.

local classes = require('api.methods')
local shapes = require('api.methods.shapes')

local with = shapes.with

local derive = {}

-- The error among the results.
derive.errors = {
  string = { name = 'err', type = 'string', optional = true, says = shapes.err.says },
  number = { name = 'errno', type = 'integer', optional = true, says = 'why it failed: an errno number' },
}

derive.again_of_numbers = with(shapes.again, { says = '`true` for EAGAIN and EWOULDBLOCK: try again' })

-- The answer of getnameinfo.
derive.older_names = {
  name = 'names',
  type = 'table',
  optional = true,
  says = 'fields `host` and `serv`; `service` is a newer name of `serv`',
}

-- `ok, err` of a call that does something is only an error in the earlier generations.
local function is_action(row)
  return #row.results == 2 and row.results[1].name == 'ok' and row.results[2].name == 'err'
end

local function result_of(result, generation)
  if result.name == 'err' then
    return derive.errors[generation.errors]
  elseif result.name == 'again' and generation.errors == 'number' then
    return derive.again_of_numbers
  elseif result.type == 'addrinfo' and generation.number == 1 then
    return with(result, { name = 'addr', type = 'addr' })
  end
  return result
end

local function results_of(row, generation)
  local results = {}
  for i = is_action(row) and 2 or 1, #row.results do
    results[#results + 1] = result_of(row.results[i], generation)
  end
  return results
end

-- Setters of generation 4 answer with the value before the call, those of the earlier ones with the value after it.
local function answer_now(row)
  local first = row.results[1]
  row.results[1] = with(first, { says = (first.says:gsub('before the call', 'now in force')) })
end

local function apply(row, changes)
  for key, value in pairs(changes or {}) do
    row[key] = value or nil
  end
  return row
end

local function row_of(class, separator, row, generation)
  local key = class.name .. separator .. row.name
  local derived = with(row, {
    name = row['generation' .. generation.number] or row.name,
    results = results_of(row, generation),
    becomes = key,
  })
  if class.name == 'socket' and row.results[1] then
    answer_now(derived)
  end
  return apply(derived, generation.changes[key])
end

local function rows_of(class, separator, rows, generation)
  local derived = {}
  for _, row in ipairs(rows or {}) do
    if (row.since or class.since or 4) <= generation.number then
      derived[#derived + 1] = row_of(class, separator, row, generation)
    end
  end
  return derived
end

-- Texts such as '`llsocket.iovec: 3 elements`' name the class by its module.
local function operators_of(class, generation)
  local operators = {}
  for i, operator in ipairs(class.operators or {}) do
    operators[i] = with(operator, { says = (operator.says:gsub('`llsocket%.', '`' .. generation.module .. '.')) })
  end
  return operators
end

-- A class of generation 4 as the generation has it.
function derive.class(name, generation)
  local class = classes[name]
  return with(class, {
    module = generation.module .. '.' .. name,
    functions = rows_of(class, '.', class.functions, generation),
    methods = class.methods and rows_of(class, ':', class.methods, generation),
    operators = operators_of(class, generation),
  })
end

-- The methods of a socket as functions on its descriptor.
function derive.functions_of_sockets(generation)
  local rows = rows_of(classes.socket, ':', classes.socket.methods, generation)
  local fd = { name = 'fd', type = 'fd', min = 0, max = shapes.int_max, says = 'the descriptor of the socket' }
  for _, row in ipairs(rows) do
    row.params = { fd, (table.unpack or unpack)(row.params) }
  end
  return rows
end

-- The module of the generation itself: its classes as fields.
function derive.root(generation, names)
  local fields = {}
  for i, name in ipairs(names) do
    fields[i] = { name = name, type = 'module', says = ('the module `%s.%s`'):format(generation.module, name) }
  end
  return {
    name = 'llsocket',
    module = generation.module,
    summary = 'the module: its classes and every constant',
    fields = fields,
  }
end

return derive
