-- SPDX-License-Identifier: MIT
local llsocket = require('llsocket')
local loop = require('net.loop')
local loops = require('loops')
local namespaces = require('namespaces')

local task = loops.task

after_each(loops.assert_idle)

describe('a look-up', function()
  -- G2
  it('ends at its deadline although the name server is silent, and so can the program', function()
    local output, obstacle = namespaces.run('tests/support/silent_resolver.sh', 'tests/support/silent_resolver.lua')
    if not output or output == 'no name server\n' then
      return pending('no silent name server: ' .. (obstacle or output))
    end
    assert.equal(
      table.concat({
        'silent',
        'deadline\tnil\tnil\ttrue',
        'cancelled\tfalse\t' .. loops.cancellation,
        'asked\ttrue',
        'of a file\ttrue',
        'numeric\ttrue',
        'in time\ttrue',
        '',
      }, '\n'),
      output
    )
  end)

  -- G11
  for hosts, row in pairs({
    ['files'] = {
      'asks the files alone where they are the only ones', 'listed listed.example short',
      'listed\t192.0.2.1', 'listed.example\t192.0.2.1', 'short\tEAI_NONAME',
    },
    ['files [NOTFOUND=return] dns'] = {
      'honours an action in brackets', 'listed short',
      'listed\t192.0.2.1', 'short\tEAI_NONAME',
    },
    ['files dns'] = {
      'goes through the search domains, as ndots says', 'listed short a.b',
      'listed\t192.0.2.1',
      'asked\tshort.one.example', 'asked\tshort.two.example', 'short\t192.0.2.2',
      'asked\ta.b.one.example', 'asked\ta.b.two.example', 'asked\ta.b', 'a.b\tEAI_NONAME',
    },
    ['dns [NOTFOUND=continue] files'] = {
      'asks in the order of nsswitch.conf', 'listed',
      'asked\tlisted.one.example', 'asked\tlisted.two.example', 'asked\tlisted', 'listed\t192.0.2.1',
    },
  }) do
    it(row[1], function()
      local output, obstacle = namespaces.run(
        ("tests/support/private_resolver.sh '%s'"):format(hosts),
        'tests/support/private_resolver.lua ' .. row[2]
      )
      if not output then
        return pending('no files of its own: ' .. obstacle)
      end
      assert.equal(table.concat(row, '\n', 3) .. '\n', output)
    end)
  end

  -- G1, G8
  it('for a connection takes what one family has while the other fails, is silent, or cannot be reached', function()
    local output, obstacle =
      namespaces.run("tests/support/private_resolver.sh 'files dns'", 'tests/support/lame_resolver.lua')
    if not output then
      return pending('no files of its own: ' .. obstacle)
    end
    local silent = '[ETIMEDOUT][getaddrinfo] (all-silent.example)\ttrue\ttrue'
    assert.same({
      'refused\t[ECONNREFUSED][connect] (127.0.0.1)\tfalse\ttrue',
      'silent under conndeadl\t' .. silent,
      'silent under loop.timeout\t' .. silent,
      'under loop.timeout\tconnected\tfalse\ttrue',
      'v6-fails\tconnected\tfalse\ttrue',
      'v6-silent\tconnected\tfalse\ttrue',
      'v6-unreachable\tconnected\tfalse\ttrue',
    }, loops.sorted_lines(output))
  end)

  -- G4
  it('of a numeric host succeeds also when there is no time', task(function()
    local list = loop.getaddrinfo(0, '127.0.0.1', 80, llsocket.AF_INET, llsocket.SOCK_STREAM)
    assert.is_table(list, 'it timed out')
    assert.equal('127.0.0.1', list[1]:addr())
  end))

  -- G4
  it('of a name without time does no harm', task(function()
    for _ = 1, 20 do
      local list, err, timeout = loop.getaddrinfo(0, 'localhost', 80)
      assert.is_true(list ~= nil or timeout == true, err)
    end
  end))

  -- G5
  it('tells the errors of the resolver apart from those of the system', task(function()
    local _, err = loop.getaddrinfo(20, 'no such name!', nil, nil, nil, nil, llsocket.AI_NUMERICHOST)
    local kind = llsocket.errno.EAI_NONAME
    assert.equal(('[EAI_NONAME:%d][getaddrinfo] %s'):format(kind.code, kind.message), err)
  end))
end)
