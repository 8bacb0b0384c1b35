-- SPDX-License-Identifier: MIT
local child = require('child')
local constant_groups = require('api.constants')
local net_classes = require('api.net')

describe('module llsocket', function()
  it('gives the same tables when it is loaded a second time', function()
    local output = child.output([[
      local llsocket, class = require('llsocket'), require('llsocket.socket')
      local sock = class.new(llsocket.AF_UNIX, llsocket.SOCK_STREAM)
      package.loaded['llsocket'] = nil
      package.loaded['llsocket.socket'] = nil
      print(require('llsocket') == llsocket, require('llsocket.socket') == class, require('llsocket').socket == class)
      print(sock:close())
    ]])
    assert.equal('true\ttrue\ttrue\ntrue\n', output)
  end)
end)

describe('the constants of llsocket', function()
  local llsocket = require('llsocket')

  local function each_constant(visit)
    for _, group in ipairs(constant_groups) do
      for _, row in ipairs(group.rows or {}) do
        visit(row[1], group, row)
      end
      for name in (group.others or ''):gmatch('%S+') do
        visit(name, group, {})
      end
    end
  end

  it('are integers', function()
    each_constant(function(name)
      local value = llsocket[name]
      if value ~= nil then
        assert.is_number(value, name)
        assert.equal(math.floor(value), value, name)
        assert.is_nil(tostring(value):find('.', 1, true), name)
      end
    end)
  end)

  it('are all listed in the facts, so that the reference has them', function()
    local listed = {}
    each_constant(function(name)
      listed[name] = true
    end)
    for name, value in pairs(llsocket) do
      if type(value) == 'number' then
        assert.is_true(listed[name], name)
      end
    end
  end)

  it('have the value of the name that they are an alias of', function()
    each_constant(function(name, _, row)
      if row.alias and llsocket[row.alias] then
        assert.equal(llsocket[row.alias], llsocket[name], name)
      end
    end)
  end)

  it('are defined on Linux even where its C library forgets them', function()
    if llsocket.env.os ~= 'Linux' then
      pending('this is not Linux')
    end
    each_constant(function(name, _, row)
      if row.linux then
        assert.equal(row.linux, llsocket[name], name)
      end
    end)
  end)

  it('name what every POSIX system has', function()
    for _, name in ipairs({
      'AF_UNSPEC', 'AF_INET', 'AF_INET6', 'AF_UNIX', 'SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_SEQPACKET', 'SOCK_RAW',
      'IPPROTO_TCP', 'IPPROTO_UDP', 'IPPROTO_IP', 'IPPROTO_IPV6', 'SHUT_RD', 'SHUT_WR', 'SHUT_RDWR', 'SOL_SOCKET',
      'MSG_PEEK', 'MSG_OOB', 'MSG_WAITALL', 'MSG_TRUNC', 'MSG_CTRUNC', 'MSG_DONTROUTE', 'SCM_RIGHTS', 'SO_ERROR',
      'SO_REUSEADDR', 'SO_LINGER', 'TCP_NODELAY', 'AI_PASSIVE', 'AI_CANONNAME', 'AI_NUMERICHOST', 'AI_NUMERICSERV',
      'NI_NUMERICHOST', 'NI_NUMERICSERV', 'NI_NAMEREQD', 'NI_DGRAM', 'NI_NOFQDN',
    }) do
      assert.is_number(llsocket[name], name)
    end
  end)

  it('are nil where the platform has none', function()
    assert.is_nil(llsocket.AF_NO_SUCH_FAMILY)
  end)
end)

describe('net', function()
  local loop = require('net.loop')
  local llsocket = require('llsocket')

  -- Methods of tasks that are for lua/net/ alone.
  local internal = { observe = true, results = true, wait_end = true }

  local function set_of_rows(...)
    local set = {}
    for _, rows in ipairs({ ... }) do
      for _, row in ipairs(rows) do
        set[row.name] = true
      end
    end
    return set
  end

  local function set_of_keys(live, is_wanted)
    local set = {}
    for name, value in pairs(live) do
      set[name] = is_wanted(name, value) or nil
    end
    return set
  end

  local function functions_of(live)
    return set_of_keys(live, function(name, value)
      return type(value) == 'function' and not name:find('^__') and not internal[name]
    end)
  end

  local function is_any()
    return true
  end

  local function assert_same_names(rows, live)
    local differences = {}
    for name in pairs(rows) do
      differences[#differences + 1] = not live[name] and 'a row only: ' .. name or nil
    end
    for name in pairs(live) do
      differences[#differences + 1] = not rows[name] and 'no row: ' .. name or nil
    end
    assert.equal('', table.concat(differences, ', '))
  end

  local function fields_of_result(name)
    for _, row in ipairs(net_classes.loop.functions) do
      if row.name == name then
        return row.results[1].fields
      end
    end
  end

  for _, class in ipairs(net_classes) do
    if class.module then
      it('has every function of ' .. class.module .. ' and no other', function()
        assert_same_names(set_of_rows(class.functions, class.methods or {}), functions_of(require(class.module)))
      end)
    end
  end

  it('has every field of net and no other', function()
    local live = set_of_keys(require('net'), function(_, value)
      return type(value) ~= 'function' and type(value) ~= 'number'
    end)
    assert_same_names(set_of_rows(net_classes.net.fields), live)
  end)

  -- Functions of classes that are for lua/net/ alone.
  local internal_of_classes = {
    construct = true, take = true, adopt = true, connect_within = true,
    wait_in_loop = true,
    add_transfers = true, add_receiving = true, add_sending = true, new = true,
  }

  -- What the parents of a class, and theirs, have.
  local function inherited(class, set)
    for _, other in ipairs(net_classes) do
      for _, name in ipairs(class.parents or {}) do
        if other.name == name then
          for _, row in ipairs(other.methods or {}) do
            set[row.name] = true
          end
          inherited(other, set)
        end
      end
    end
    return set
  end

  for _, class in ipairs(net_classes) do
    local place = class.object and class.name:match('^net%.(.*)')
    if place and not place:find('^tls%.') then
      it('has every method of ' .. class.name .. ' and no other', function()
        local live = require('net')
        for part in place:gmatch('[^.]+') do
          live = live[part]
        end
        local rows = set_of_rows(class.methods or {}, class.functions or {})
        rows.new = nil
        local known = inherited(class, {})
        assert_same_names(rows, set_of_keys(live, function(name, value)
          local is_public = type(value) == 'function' and not name:find('^__') and not internal_of_classes[name]
          return is_public and (rows[name] or not known[name])
        end))
      end)
    end
  end

  it('has every method of configurations, sessions and contexts of TLS and no other', function()
    local tls, engine = require('net.tls'), require('net.tls.engine')
    if not tls.available then
      pending('this build has no TLS')
      return
    end
    local config = tls.config.new()
    config:insecure_noverifyname()
    local session = assert(engine.session(assert(engine.context(config, 'client')), 0))
    local of_context = functions_of(getmetatable(assert(tls.client(config))).__index)
    local of_tls = net_classes.tls.others
    assert_same_names(set_of_rows(of_tls[1].methods), functions_of(debug.getmetatable(config).__index))
    assert_same_names(set_of_rows(of_tls[2].methods), functions_of(debug.getmetatable(session).__index))
    assert_same_names(set_of_rows(of_tls[3].methods, of_tls[2].methods), of_context)
  end)

  it('has every method of a task and no other', function()
    local task = loop.spawn(function() end)
    assert_same_names(set_of_rows(net_classes.task.methods), functions_of(debug.getmetatable(task).__index))
    task:cancel()
  end)

  it('has every method of a group and no other', function()
    assert_same_names(set_of_rows(net_classes.group.methods), functions_of(getmetatable(loop.group()).__index))
  end)

  it('has every function of an adapter in net.loop', function()
    for name in pairs(set_of_rows(net_classes.adapter.functions)) do
      assert.is_true(type(loop[name]) == 'function', name)
    end
  end)

  for _, name in ipairs({ 'cqueues', 'copas', 'luv' }) do
    it('has every function of the adapter for ' .. name .. ' and no other', function()
      if not pcall(require, name) then
        pending(name .. ' is not installed for this Lua')
      end
      local output = child.output(([[
        local adapter = require('net.poller.%s')
        require('net.poller').use(adapter)
        for name, value in pairs(adapter) do
          print(type(value), name)
        end
      ]]):format(name))
      local functions = {}
      for function_name in output:gmatch('function%s+(%S+)') do
        functions[function_name] = true
      end
      assert_same_names(set_of_rows(net_classes.adapter.functions), functions)
    end)
  end

  it('has every field of stats() and no other', function()
    assert_same_names(set_of_rows(fields_of_result('stats')), set_of_keys(loop.stats(), is_any))
  end)

  it('has every field of the rows of dump() and no other', function()
    local pair = assert(llsocket.socket.pair(llsocket.SOCK_STREAM, 0, true))
    local rows
    loop.run(function()
      local waiting = loop.spawn(loop.recv, pair[1], 60)
      loop.later()
      rows = loop.dump()
      waiting:cancel()
    end)
    assert.equal(1, #rows)
    assert_same_names(set_of_rows(fields_of_result('dump')), set_of_keys(rows[1], is_any))
  end)
end)
