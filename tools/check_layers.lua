-- SPDX-License-Identifier: MIT
-- Fails when an include under core/ or glue/ points up: lua -> glue -> core, and inside each as `levels` says.

local argparse = require("argparse")

-- A folder may include its own level and those below. Folders of one level may include each other.
local levels = {
    ["core/base"] = 1,
    ["core/sys"] = 2,
    ["core/addr"] = 3,
    ["core/sock"] = 4,
    ["core/msg"] = 4,
    ["core/tls"] = 4,
    ["core/loop"] = 5,
    ["glue/kit"] = 6,
    ["glue/faces"] = 7,
    ["glue/llsocket"] = 8,
    ["glue/tls"] = 9,
    ["glue/net"] = 10,
}

local lua_headers = {
    ["lua.h"] = true,
    ["lua.hpp"] = true,
    ["luaconf.h"] = true,
    ["lauxlib.h"] = true,
    ["lualib.h"] = true,
    ["luajit.h"] = true,
}

local inclusions = { include = true, include_next = true, import = true }

local function folder_of(path)
    return path:match("^(%a+/%w+)/")
end

-- Why a file may not include a header, or nil.
local function objection(file, header, quoted)
    local from = folder_of(file)
    local name = header:match("[^/]*$")
    if from:find("^core/") and lua_headers[name] then
        return "core never sees Lua"
    end
    if header:find("^openssl/") and from ~= "core/tls" then
        return "only core/tls knows OpenSSL"
    end
    if not quoted then
        return nil
    end
    local to = folder_of(header)
    if not levels[to] then
        return 'includes in quotes start at the root of the tree, as in "core/base/error.hpp"'
    end
    if levels[to] > levels[from] then
        return from .. " is below " .. to
    end
end

local function check_file(root, file, report)
    if not levels[folder_of(file)] then
        report(file, 1, "this folder has no place in the layers; give it one in tools/check_layers.lua")
        return
    end
    local number = 0
    for line in io.lines(root .. "/" .. file) do
        number = number + 1
        local directive, open, header = line:gsub("/%*.-%*/", ""):match('^%s*#%s*([%a_]+)%s*([<"])([^>"]+)')
        local why = inclusions[directive] and objection(file, header, open == '"')
        if why then
            report(file, number, "may not include " .. header .. ": " .. why)
        end
    end
end

local function source_files(root)
    local command = "cd '%s' && find core glue -name '*.[ch]pp' -o -name '*.inc' | sort"
    local list = assert(io.popen(command:format(root)))
    local files = {}
    for file in list:lines() do
        files[#files + 1] = file
    end
    assert(list:close(), "cannot list the sources under " .. root)
    return files
end

local parser = argparse("check_layers.lua", "Checks that the includes under core/ and glue/ point down only.")
parser:argument("root", "Root of the source tree."):args("?")
local root = parser:parse().root or "."

local faults = 0
local files = source_files(root)
for _, file in ipairs(files) do
    check_file(root, file, function(path, line, why)
        faults = faults + 1
        io.stderr:write(path, ":", line, ": ", why, "\n")
    end)
end
if #files == 0 then
    io.stderr:write("no sources under ", root, "\n")
end
os.exit(#files > 0 and faults == 0)
