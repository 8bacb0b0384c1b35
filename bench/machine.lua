-- SPDX-License-Identifier: MIT
-- Where figures come from: lines that tell the machine and the versions of what is measured.

local process = require('bench.process')

local function processor()
  for line in io.lines('/proc/cpuinfo') do
    local name = line:match('^model name%s*:%s*(.+)$')
    if name then
      return name
    end
  end
  return process.line_of('uname -m')
end

local library_versions = {
  { 'LuaSocket', 'print(require([[socket]])._VERSION)' },
  { 'luaposix', 'print(require([[posix]]).version)' },
  { 'cqueues', 'print(require([[cqueues]]).VERSION)' },
  { 'Copas', 'print(require([[copas]])._VERSION)' },
  { 'luv: libuv', 'print(require([[luv]]).version_string())' },
}

local function versions(options)
  local list = {}
  for _, lua in ipairs(options.luas) do
    list[#list + 1] = process.line_of(process.interpreter(options.build, lua) .. ' -v 2>&1'):match('^%S+ %S+')
  end
  for _, library in ipairs(library_versions) do
    for _, lua in ipairs(options.luas) do
      local text = process.line_of(('%s -e "%s" 2>/dev/null'):format(
        process.interpreter(options.build, lua), library[2]))
      if text then
        list[#list + 1] = library[1] .. ' ' .. text:match('%d[%d.]*%d$')
        break
      end
    end
  end
  return list
end

return function(options)
  return {
    ('%s, %s cores, %s'):format(processor(), process.line_of('nproc'), process.line_of('uname -sr')),
    table.concat(versions(options), ', '),
  }
end
