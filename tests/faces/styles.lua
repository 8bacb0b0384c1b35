-- SPDX-License-Identifier: MIT
-- How a generation writes what a call came to. The tables that generations share are functions of its style:
--   generation, module, scene
--   class(name)           the name of one of its classes
--   done                  results of an action
--   refused(name, op)     results of an action that failed, by error and system call
--   failure(name, op)     results of a call that has a value to give, but failed
--   gone(name, op)        results of a call that sends to a peer that closed
--   read_from(text, ai), read_from_again, read_from_failure(name)   results of recvfrom
--   connecting(name), still_connecting, connect_failure(name), connect_again   results of connect
--   wait_failure(name)    results of sendable and recvable
--   set_failure(name), write_failure(name)   results of iovec:set and iovec:writev
--   message_too_large, no_descriptor_in_message   results of sendmsg and recvfd
--   no_error, pending(name)   results of error()
--   group(text)           an argument that names an IPv4 address of a multicast group or its source

local llsocket = require('llsocket')
local replay = require('replay')
local scenes = require('scenes')

local errno = llsocket.errno
local results = replay.pack

local styles = {}

local function text_of(name, op)
  return ('[%s:%d][%s] %s'):format(name, errno[name].code, op, errno[name].message)
end

-- Generations 2 and 3: errors are strings.
function styles.strings(module, generation)
  local style = {
    generation = generation,
    module = module,
    scene = scenes.of_strings(module),
    done = results(),
    read_from = results,
    read_from_again = results(nil, nil, nil, true),
    still_connecting = results(text_of('EALREADY', 'connect'), false),
    connect_again = results(text_of('EAGAIN', 'connect'), false),
    no_error = results(0),
  }
  function style.class(name)
    return ('llsocket.v%d.%s'):format(generation, name)
  end
  function style.refused(name, op)
    return results(text_of(name, op))
  end
  function style.failure(name, op)
    return results(nil, text_of(name, op))
  end
  function style.gone()
    return results(nil)
  end
  function style.read_from_failure(name)
    return results(nil, nil, text_of(name, 'recvfrom'))
  end
  function style.connecting(name)
    return results(text_of(name, 'connect'), true)
  end
  function style.connect_failure(name)
    return results(text_of(name, 'connect'), false)
  end
  function style.wait_failure(name)
    return results(false, text_of(name, 'poll'))
  end
  function style.set_failure(name)
    return results(false, text_of(name, 'iovec'))
  end
  function style.write_failure(name)
    return results(0, text_of(name, 'writev'))
  end
  -- What generation 3 tells in a way of its own.
  style.message_too_large = results(-1, text_of('EMSGSIZE', 'sendmsg'), true)
  style.no_descriptor_in_message = results(nil, text_of('ENOMSG', 'recvmsg'), true)
  function style.pending(name)
    return results(errno[name].code)
  end
  function style.group(text)
    return text
  end
  return style
end

-- The error object of a method, which the name of the call tells.
local function error_object(name, op)
  local text = text_of(name, op)
  return replay.matcher('the error ' .. text, function(err, method)
    return getmetatable(err) == 'llsocket.error' and err.type == errno[name]
      and tostring(err) == ("in method '%s': %s"):format(method, text)
  end)
end

-- Generation 4: errors are objects.
function styles.objects()
  local style = {
    generation = 4,
    module = llsocket,
    scene = scenes.of_objects(),
    done = results(true),
    read_from_again = results(nil, nil, true),
    connect_again = results(false, nil, true),
    no_error = results(nil),
  }
  function style.class(name)
    return 'llsocket.' .. name
  end
  function style.refused(name, op)
    return results(false, error_object(name, op))
  end
  function style.failure(name, op)
    return results(nil, error_object(name, op))
  end
  style.gone = style.failure
  function style.read_from(text, ai)
    return results(text, nil, false, ai)
  end
  function style.read_from_failure(name)
    return results(nil, error_object(name, 'recvfrom'))
  end
  function style.connecting(name)
    return results(true, error_object(name, 'connect'))
  end
  style.still_connecting = style.connecting('EALREADY')
  function style.connect_failure(name)
    return results(false, error_object(name, 'connect'))
  end
  function style.wait_failure(name)
    return results(false, error_object(name, 'poll'))
  end
  function style.set_failure(name)
    return results(false, error_object(name, 'iovec'))
  end
  function style.write_failure(name)
    return results(0, error_object(name, 'writev'))
  end
  style.message_too_large = style.failure('EMSGSIZE', 'sendmsg')
  style.no_descriptor_in_message = style.failure('ENOMSG', 'recvmsg')
  function style.pending(name)
    return results(error_object(name, 'getsockopt'))
  end
  function style.group(text)
    return llsocket.addrinfo.inet(text, 0, llsocket.SOCK_DGRAM)
  end
  return style
end

-- An addrinfo of another generation, and what is said about it by a call that wants one as its argument `index`.
function styles.stranger(style, method, index)
  local other, name, number = llsocket, 'llsocket.addrinfo', 4
  if style.generation == 4 then
    other, name, number = require('llsocket.v3'), 'llsocket.v3.addrinfo', 3
  end
  local address = number == 4 and other.addrinfo.inet('127.0.0.1', 1) or other.inet.getaddrinfo('127.0.0.1', 1)[1]
  return address, ("bad argument #%d to '%s' (%s expected, got %s of generation %d)"):format(
    index, method, style.class('addrinfo'), name, number)
end

return styles
