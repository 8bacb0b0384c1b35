-- SPDX-License-Identifier: MIT
-- What recvfrom answers: a message and its sender; or nil, nil, and the rest of what other methods answer.

return function(msg, sender, timeout)
  if msg then
    return msg, sender
  end
  return nil, nil, sender, timeout -- which is an error
end
