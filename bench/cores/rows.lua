-- SPDX-License-Identifier: MIT
-- What ./dev bench cores measures. `notes` says where libraries go different ways.

return {
  {
    name = 'pingpong',
    title = 'two connections send 64 bytes there and back, unix stream pair',
    count = 400000,
    notes = { 'Asio tries to receive before each wait.' },
  },
  {
    name = 'echo',
    title = 'one of 1,000 connections sends 64 bytes back; with what the peer calls',
    count = 400000,
    notes = { 'Asio tries to receive before each wait.' },
  },
  {
    name = 'timer',
    title = 'a timer is armed and disarmed, 1,000 at a time, beside 100,000 others',
    count = 1000000,
    notes = {
      'llnet::core and Asio ask the clock for each deadline; libuv and libev take the time of their last look.',
      'Asio calls the handler of a timer that is disarmed.',
    },
  },
  {
    name = 'expire',
    title = 'a timer is armed and passes, one of 100,000 that all have passed when the loop looks',
    count = 100000,
    at_once = true,
    rounds = 20,
  },
  {
    name = 'cancel',
    title = 'a read with a deadline begins and is cancelled, 1,000 at a time, with a look for events after each',
    count = 1000000,
    notes = {
      'llnet::core and Asio hand out each read as cancelled; libuv and libev tell nobody.',
      'llnet::core and Asio leave the descriptor registered; libuv and libev register it for each read.',
    },
  },
  {
    name = 'memory',
    title = 'memory of a connection that waits to read under a deadline, without that of the kernel',
    count = 1000,
    at_once = true,
    rounds = 3,
    bytes = true,
    notes = { 'Without a buffer: in Asio each read needs one of its own while it waits.' },
  },
  {
    name = 'allocations',
    title = 'how often a read with a deadline allocates until it is cancelled, 1,000 at a time',
    count = 1000,
    at_once = true,
    rounds = 3,
    counted = true,
    notes = { 'Asio keeps memory for a few handlers; a program can give each an allocator.' },
  },
}
