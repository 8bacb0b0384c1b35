-- Questions and answers by UDP. A datagram may be lost, and so may the answer: the client asks again until it has one.
-- This server loses every other question.
-- Run: ./dev lua 5.4 examples/net/dgram_inet.lua
-- SPDX-License-Identifier: MIT

local net = require('net')
local inet, loop = net.dgram.inet, net.loop

local ATTEMPTS, WAIT_MSEC = 5, 50

local function answer_all(server)
  local count = 0
  local question, sender = server:recvfrom()
  while question do
    count = count + 1
    if count % 2 == 0 then
      server:sendto(question:upper(), sender)
    end
    question, sender = server:recvfrom()
  end
end

-- The answer and the number of the attempt; nil and why there is none.
local function ask(client, question, address)
  for attempt = 1, ATTEMPTS do
    client:sendto(question, address)
    local answer, sender, err = client:recvfrom() -- the error is in the third place
    if err then
      return nil, err
    elseif answer and sender:port() == address:port() then
      return answer, attempt
    end
  end
  return nil, 'no answer'
end

assert(loop.run(function()
  local server = assert(inet.new({ host = '127.0.0.1', port = 0 }))
  assert(not server:bind())
  loop.spawn(answer_all, server)

  local address = server:getsockname()
  local client = assert(inet.new({ host = '127.0.0.1' }))
  client:deadlines(WAIT_MSEC)
  for _, question in ipairs({ 'one?', 'two?' }) do
    local answer, attempt = assert(ask(client, question, address))
    print(answer, attempt > 1 and 'not at the first attempt' or 'at the first attempt')
  end
  client:close()
  server:close() -- ends the wait of its task
end))
