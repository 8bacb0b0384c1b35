-- SPDX-License-Identifier: MIT
-- With compat/ in its path, a program finds the companions under the names that it knows.

local expect = require('expect')
local llsocket = require('llsocket')
local v3 = require('llsocket.v3')

describe('compat/', function()
  local path = package.path

  setup(function()
    package.path = 'compat/?.lua;' .. path
  end)

  teardown(function()
    package.path = path
  end)

  it('has the iovec of generation 3, with its errors', function()
    local iovec = require('iovec')
    assert.equal(v3.iovec, iovec)
    local index, err = iovec.new():add('')
    assert.is_nil(index)
    assert.is_string(err)
    assert.equal('EINVAL', llsocket.errno.parse(err).name)
  end)

  it('has an iovec that the messages of generations 3 and 4 take', function()
    local iovec = require('iovec')
    local socks = assert(v3.socket.pair(v3.SOCK_STREAM))
    local out, into = iovec.new(), iovec.new()
    expect(out:add('hello')):to_be(1)
    expect(into:addn(5)):to_be(1)

    local sent = v3.msghdr.new()
    expect(sent:iov(out)):to_be(nil)
    expect(socks[1]:sendmsg(sent)):to_be(5, nil, false)

    local received = llsocket.msghdr.new()
    expect(received:iov(into)):to_be(nil)
    local receiver = assert(llsocket.socket.wrap(socks[2]:unwrap()))
    expect(receiver:recvmsg(received)):to_be(5, nil, false)
    assert.equal('hello', into:concat())
    assert.equal(into, received:iov())
  end)

  it('has the TLS of llnet, or says that it was built without', function()
    local libtls = require('libtls')
    assert.equal(require('net.tls'), libtls)
    local is_made, made = pcall(libtls.config.new)
    assert.equal(libtls.available, is_made)
    if not is_made then
      assert.is_truthy(made:find('this build has no TLS', 1, true), made)
    end
  end)

  it('has the errors of the platform', function()
    local errno = require('errno')
    assert.equal(llsocket.errno, errno)
    assert.is_number(errno.EAGAIN.code)
    assert.equal(errno.EAGAIN, errno[errno.EAGAIN.code])
  end)
end)
