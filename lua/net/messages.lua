-- SPDX-License-Identifier: MIT
-- Messages in tasks of the loop, with sockets of llsocket: calls that do not block, and waits where they would.

local llsocket = require('llsocket')
local scheduler = require('llsocket.scheduler')
local deadline = require('net.deadline')
local errors = require('net.errors')
local attempts = require('net.io.attempts')
local pause = require('net.io.pause')
local values = require('net.poller.values')
local waiting = require('net.waiting')

local MSG_DONTWAIT = llsocket.MSG_DONTWAIT

local messages = {}

-- What the method of the socket makes of its arguments, of which the message comes behind `seconds` here, and of a flag
-- of ours: it must not block.
local function call(name, sock, mh, ...)
  local ok, len, err, again = pcall(sock[name], sock, mh, MSG_DONTWAIT, ...)
  if not ok then
    errors.hand_on(name, len:find('bad argument #2 ', 1, true) and -1 or 0, len)
  end
  return len, err, again
end

-- Its functions that wait.
local function waits_of(name)
  return waiting(name, scheduler['before_' .. name], true), waiting(name, scheduler['wait_' .. name], true)
end

local function check_socket(sock, name)
  if type(sock) ~= 'userdata' or not scheduler.is_socket(sock) then
    errors.argument(1, name, 'socket expected, got ' .. type(sock))
  end
end

-- The results of a call whose wait did not succeed.
local function ended(result, err, timeout)
  if timeout then
    return result, nil, true
  end
  return result, err
end

local before_receiving, wait_to_receive = waits_of('recvmsg')

function messages.recvmsg(sock, seconds, mh, ...)
  check_socket(sock, 'recvmsg')
  if seconds ~= nil then
    values.check_seconds(seconds, 2, 'recvmsg')
  end
  local due = deadline.after(seconds)
  local ok, err, timeout = before_receiving()
  while ok do
    local len, failure, again = call('recvmsg', sock, mh, ...)
    if failure then
      return nil, errors.text(failure)
    elseif not again or len > 0 then
      return len
    end
    ok, err, timeout = wait_to_receive(sock, deadline.left(due))
  end
  return ended(nil, err, timeout)
end

local before_sending, wait_to_send = waits_of('sendmsg')
local doze = waiting('sendmsg', scheduler.doze_sendmsg, true)

function messages.sendmsg(sock, seconds, mh, ...)
  check_socket(sock, 'sendmsg')
  if seconds ~= nil then
    values.check_seconds(seconds, 2, 'sendmsg')
  end
  local due, sent, vain, send_rest = deadline.after(seconds), 0, 0, nil
  local ok, err, timeout = before_sending()
  while ok do
    local len, failure, again
    if send_rest then
      len, failure, again = send_rest(MSG_DONTWAIT, ...)
    else
      len, failure, again = call('sendmsg', sock, mh, ...)
    end
    if failure then
      if errors.is_of_gone_peer[failure.name] then
        return nil
      end
      return sent > 0 and sent or nil, errors.text(failure)
    end
    sent = sent + len
    if not again then
      return sent
    end
    if len > 0 and not send_rest then -- the control messages went with the first byte
      send_rest = attempts.rest_sender(sock, mh:iov():concat(len))
    end
    vain = len == 0 and vain + 1 or 0
    ok, err, timeout = pause.once(vain, due, doze, sock)
    if ok then
      ok, err, timeout = wait_to_send(sock, deadline.left(due))
    end
  end
  return ended((timeout or sent > 0) and sent or nil, err, timeout)
end

return messages
