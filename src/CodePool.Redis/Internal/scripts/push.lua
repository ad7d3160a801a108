-- Adds one whole lease. ARGV: 3 lease, 4 how many codes, 5 … its runs.
local lease = tonumber(ARGV[3])
-- At or below the mark every lease of this epoch is settled: this is a late repetition, of a socket buffer perhaps.
if redis.call('HGET', KEYS[1], 'l:' .. ARGV[3]) or lease <= mark then return 'DUPLICATE' end
for first = 5, #ARGV, 1000 do
  local pushing = redis.pcall('RPUSH', KEYS[2], unpack(ARGV, first, math.min(first + 999, #ARGV)))
  -- The first write decides whether there is room; the ones after it are not refused.
  if type(pushing) == 'table' and pushing.err then
    if string.find(pushing.err, 'OOM', 1, true) then return 'FULL' end
    return pushing
  end
end
-- A lease's rank is what had been pushed up to its end: it is popped when as many have been popped.
local codes = tonumber(ARGV[4])
pushed = pushed + codes
redis.call('HSET', KEYS[1],
  'pushed', pushed, 'l:' .. ARGV[3], pushed, 'highest', math.max(lease, highest), 'runs', runs + #ARGV - 4, 'packed', packed + codes)
return 'OK'
