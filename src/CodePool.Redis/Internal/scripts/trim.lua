-- Trims what the store has marked, only if it still is the head. ARGV: 3 how many, 4 what had been trimmed when they were read, 5 the first, 6 the last,
-- 7 how many codes they hold.
local count = tonumber(ARGV[3])
if trimmed ~= tonumber(ARGV[4]) or redis.call('LINDEX', KEYS[3], 0) ~= ARGV[5] or redis.call('LINDEX', KEYS[3], count - 1) ~= ARGV[6] then
  return 0
end
redis.call('LTRIM', KEYS[3], count, -1)
local codes = tonumber(ARGV[7])
redis.call('HSET', KEYS[1], 'trimmed', trimmed + codes, 'folded', folded - (codes - count))
-- The claim is for one batch: whoever stops must not wait until somebody else's has run out.
redis.call('HDEL', KEYS[1], 'drainer', 'drains_until')
return count
