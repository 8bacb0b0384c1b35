-- SPDX-License-Identifier: MIT
-- Streams that are cut, or spoiled, after their handshake.
local loops = require('loops')
local modes = require('modes')
local network = require('network')
local puppet = require('puppet')
local secure = require('secure')

local answer, keep = modes.answer, network.keep
local RECORD = 16384
local text = loops.pattern(2 * RECORD)

after_each(loops.assert_idle)

setup(secure.certificate)

-- Where a stream of two records of `size` bytes in all may be cut: how many bytes come, and of how many records.
local function cuts(size)
  local half = size / 2
  return {
    { 0, 0 }, { 1, 0 }, { 4, 0 }, { 5, 0 }, { 6, 0 }, { 100, 0 }, { half - 1, 0 },
    { half, 1 }, { half + 1, 1 }, { half + 5, 1 }, { half + 100, 1 }, { size - 1, 1 }, { size, 2 },
  }
end

local function flipped(bytes, at)
  return bytes:sub(1, at - 1) .. string.char((bytes:byte(at) + 1) % 256) .. bytes:sub(at + 1)
end

-- What comes after the first records, of the puppet: what then fails has this detail.
local spoiled = {
  ['plain HTTP'] = { function()
    return 'HTTP/1.1 400 Bad Request\r\n\r\n'
  end, 'TLS_PROTOCOL' },
  ['garbage'] = { function()
    return ('\255\0\127x'):rep(1000)
  end, 'TLS_PROTOCOL' },
  ['a record that is too long'] = { function()
    return '\23\3\3\255\255' .. ('x'):rep(70000)
  end, 'TLS_PROTOCOL' },
  ['a record that is a little too long'] = { function()
    return '\23\3\3\65\1' .. ('x'):rep(16641)
  end, 'TLS_PROTOCOL' },
  ['a record that is not encrypted'] = { function()
    return '\23\3\3\0\5hello'
  end, 'TLS_PROTOCOL' },
  ['a handshake message that is not encrypted'] = { function()
    return '\22\3\3\0\4\0\0\0\0'
  end, 'TLS_PROTOCOL' },
  ['an empty record'] = { function()
    return '\23\3\3\0\0'
  end, 'TLS_PROTOCOL' },
  ['a record of another type'] = { function(actor)
    return '\99' .. actor:records('x'):sub(2)
  end, 'TLS_PROTOCOL' },
  ['a record with a bit changed'] = { function(actor)
    local record = actor:records('hello')
    return flipped(record, #record - 3)
  end, 'TLS_PROTOCOL' },
  ['a record that is missing'] = { function(actor)
    actor:records('hello')
    return actor:records('world')
  end, 'TLS_PROTOCOL' },
  ['a record that comes twice'] = { function(actor)
    return actor:records('hello'):rep(2)
  end, 'TLS_PROTOCOL', 'hello' },
  ['an alert that is not encrypted'] = { function()
    return '\21\3\3\0\2\1\0'
  end, 'TLS_PROTOCOL' },
}

modes.each(function(mode)
  local it = mode.it

  -- A client of a puppet that sends what send(actor) gives, and then ends.
  local function receiver(version, send)
    local server, port = modes.listener()
    local join = mode.beside(function()
      local connection = assert(server:accept())
      connection:deadlines(secure.PATIENCE, secure.PATIENCE)
      local actor = puppet.server({ set_protocols = version })
      while not actor.is_ready do
        connection:send(actor:flight())
        if not actor.is_ready then
          actor:give(assert(connection:recv()))
        end
      end
      connection:send(send(actor))
      connection:closew()
      repeat
        local bytes = connection:recv()
      until not bytes
      connection:close()
    end)
    local client = keep(assert(secure.connect(port)))
    client:deadlines(secure.PATIENCE, secure.PATIENCE)
    return client, function()
      client:close()
      join()
      server:close()
    end
  end

  -- All that comes, and how it ended.
  local function receive(client)
    local list = {}
    local part, err
    repeat
      part, err = client:recv()
      list[#list + 1] = part
    until not part
    return table.concat(list), err
  end

  for _, version in ipairs({ 'tlsv1.2', 'tlsv1.3' }) do
    it('a stream that is cut gives its whole records, and then is no end, with ' .. version, function()
      for at = 1, #cuts(2) do
        local records
        local client, finish = receiver(version, function(actor)
          local bytes = actor:records(text)
          return bytes:sub(1, cuts(#bytes)[at][1])
        end)
        records = cuts(2)[at][2]
        local received, err = receive(client)
        assert.is_true(text:sub(1, records * RECORD) == received, ('cut %d: %d bytes'):format(at, #received))
        assert.is_string(err, 'cut ' .. at)
        assert.equal('TLS_TRUNCATED', err:match('^%[([%u_]+):'), err)
        answer(client:recv()):fails('TLS_TRUNCATED')
        finish()
      end
    end)

    it('the end that is cut is none, and the whole one is, with ' .. version, function()
      for left = 0, 12, 3 do
        local client, finish = receiver(version, function(actor)
          local bytes = actor:records('all') .. actor:close_notify()
          return bytes:sub(1, #bytes - left)
        end)
        local received, err = receive(client)
        assert.equal('all', received)
        assert.equal(left > 0 and 'TLS_TRUNCATED' or nil, err and err:match('^%[([%u_]+):'), err)
        finish()
      end
    end)

    for what, row in pairs(spoiled) do
      it(('a stream fails at %s with %s'):format(what, version), function()
        local client, finish = receiver(version, function(actor)
          return actor:records('good') .. row[1](actor)
        end)
        local received, err = receive(client)
        assert.equal('good' .. (row[3] or ''), received)
        assert.is_string(err)
        assert.equal(row[2], err:match('^%[([%u_]+):'), err)
        answer(client:recv()):fails(row[2])
        answer(client:send('x')):fails(row[2])
        finish()
      end)
    end
  end
end)
