-- SPDX-License-Identifier: MIT
-- The fact tables of api/ in the form in which the outputs need them.

local facts = {
  options = require('api.options'),
  errors = require('api.errors'),
  constants = require('api.constants'),
}

-- All constants of a group in alphabetical order, each { name =, note =, linux =, alias = }.
function facts.group_rows(group)
  local rows = {}
  for _, row in ipairs(group.rows or {}) do
    rows[#rows + 1] = { name = row[1], note = row[2], linux = row.linux, alias = row.alias }
  end
  for name in (group.others or ''):gmatch('%S+') do
    rows[#rows + 1] = { name = name }
  end
  table.sort(rows, function(a, b)
    return a.name < b.name
  end)
  return rows
end

-- A constant of an option row as a list: the first name that the platform defines is meant.
function facts.candidates(constant)
  return type(constant) == 'table' and constant or { constant }
end

-- Level and constant of an option for 'inet' or 'inet6', or nil where it has none.
function facts.option_of_family(row, family)
  if row.level then
    return { level = row.level, constant = row.constant }
  end
  return row[family] or nil
end

-- The hand-written part of a page.
function facts.read_prose(page)
  local path = assert(package.searchpath('api.methods', package.path)):gsub('methods%.lua$', 'prose/')
  local file = assert(io.open(path .. page .. '.md', 'rb'))
  local prose = file:read('a')
  file:close()
  return prose
end

return facts
