-- SPDX-License-Identifier: MIT
local child = require('child')
local constant_groups = require('api.constants')

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
