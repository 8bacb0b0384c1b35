-- SPDX-License-Identifier: MIT
-- The tables of the reference pages: options, constants, errors.

local facts = require('tools.generate.facts')
local text = require('tools.generate.text')

local tables = {}

function tables.add_opening(add, title, page)
  add('# ' .. title)
  add()
  add((facts.read_prose(page):gsub('\n$', '')))
  add()
end

function tables.add_table(add, heads, rows)
  add('| ' .. table.concat(heads, ' | ') .. ' |')
  add('|' .. (' --- |'):rep(#heads))
  for _, row in ipairs(rows) do
    add('| ' .. table.concat(row, ' | ') .. ' |')
  end
  add()
end

local function sorted_options()
  local rows = {}
  for _, row in ipairs(facts.options) do
    rows[#rows + 1] = row
  end
  table.sort(rows, function(a, b)
    return a.method < b.method
  end)
  return rows
end

local function option_notes(row)
  local notes = { row.says }
  notes[#notes + 1] = row.note
  local refusals = {}
  for system, error_name in pairs(row.refuses or {}) do
    refusals[#refusals + 1] = ('%s refuses every change with %s.'):format(system, error_name)
  end
  table.sort(refusals)
  notes[#notes + 1] = refusals[1] and table.concat(refusals, ' ')
  return table.concat(notes, ' ')
end

-- The option methods, or functions, among the entries.
function tables.add_option_signatures(add, class, list, is_method)
  local rows = {}
  for _, method in ipairs(list) do
    if method.option then
      local param = method.params[is_method and 1 or 2]
      rows[#rows + 1] = {
        '`' .. text.call(class, method, is_method) .. '`',
        method.results[1].type,
        param and text.range(param) or '',
        method.says,
      }
    end
  end
  table.sort(rows, function(a, b)
    return a[1] < b[1]
  end)
  tables.add_table(add, { 'method', 'value', 'range', 'says' }, rows)
end

function tables.add_options(add)
  tables.add_opening(add, 'Options', 'options')
  local rows = {}
  for _, row in ipairs(sorted_options()) do
    local marks = {}
    marks[#marks + 1] = row.access == 'r' and 'read' or nil
    marks[#marks + 1] = row.privileged and 'privilege' or nil
    rows[#rows + 1] = {
      '`' .. row.method .. '`',
      text.option_constants(row),
      ('%s `%s`'):format(row.kind, row.arg),
      table.concat(row.sockets, ', '),
      table.concat(marks, ', '),
      option_notes(row),
      row.source,
    }
  end
  tables.add_table(add, { 'method', 'constant', 'value', 'sockets', 'access', 'says', 'source' }, rows)
end

function tables.add_constants(add)
  tables.add_opening(add, 'Constants', 'constants')
  for _, group in ipairs(facts.constants) do
    add('## ' .. group.title)
    add()
    add(('%s Source: %s.'):format(group.says, group.source))
    add()
    local plain = {}
    for _, row in ipairs(facts.group_rows(group)) do
      if row.note then
        add(('- `%s`: %s'):format(row.name, row.note))
      else
        plain[#plain + 1] = '`' .. row.name .. '`'
      end
    end
    if group.rows then
      add()
    end
    if #plain > 0 then
      add((group.rows and 'Also ' or '') .. table.concat(plain, ', ') .. '.')
      add()
    end
  end
end

local function error_table(add, rows)
  local lines = {}
  for _, row in ipairs(rows) do
    local meaning = row.alias and ('%s; on most systems another name of %s'):format(row[2], row.alias) or row[2]
    lines[#lines + 1] = { '`' .. row[1] .. '`', meaning }
  end
  table.sort(lines, function(a, b)
    return a[1] < b[1]
  end)
  tables.add_table(add, { 'name', 'meaning' }, lines)
end

function tables.add_errors(add)
  tables.add_opening(add, 'Errors', 'errors')
  add('## System calls')
  add()
  add('Source: errno(3).')
  add()
  error_table(add, facts.errors.errno)
  add('## Name look-ups')
  add()
  add('Failures of getaddrinfo and getnameinfo. Source: gai_strerror(3).')
  add()
  error_table(add, facts.errors.eai)
  add('## TLS')
  add()
  add('Failures of TLS. Behind them stands what else is known: the depth, subject and issuer of a certificate, and')
  add('the alert that was sent. Source: RFC 8446, section 6; RFC 5280; openssl-verify(1).')
  add()
  error_table(add, facts.errors.tls)
end

return tables
