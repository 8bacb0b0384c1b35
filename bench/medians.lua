-- SPDX-License-Identifier: MIT
-- What the samples of a program say of one of its figures. Samples are a list of rounds, each with the numbers of all
-- figures.

local median = require('bench.median')

local medians = {}

function medians.figure(rounds, number)
  local values = {}
  for round, numbers in ipairs(rounds) do
    values[round] = numbers[number]
  end
  return median(values)
end

-- The median over the rounds of one program's figure divided by another's.
function medians.ratio(rounds, others, number)
  local ratios = {}
  for round, numbers in ipairs(rounds) do
    ratios[round] = numbers[number] / others[round][number]
  end
  return median(ratios)
end

return medians
