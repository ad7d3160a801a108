-- Pops, and in a Journaled epoch writes to the journal in the same breath. ARGV: 3 how many at most, 4 the journal's bound.
-- Returns what is left, what the journal holds, and the entries.
local count = tonumber(ARGV[3])
if journaled then count = math.min(count, tonumber(ARGV[4]) - (popped - trimmed)) end
if count <= 0 then return { pushed - popped, popped - trimmed } end
-- LPOP is the first write: it is done even when there is no room, and what follows it is not refused then.
local entries = redis.call('LPOP', KEYS[2], count)
if not entries then return { 0, popped - trimmed } end
-- Garnet gives one as it is.
if type(entries) == 'string' then entries = { entries } end
if journaled then
  for first = 1, #entries, 1000 do
    redis.call('RPUSH', KEYS[3], unpack(entries, first, math.min(first + 999, #entries)))
  end
end
popped = popped + #entries
redis.call('HSET', KEYS[1], 'popped', popped)
return { pushed - popped, popped - trimmed, table.concat(entries, '\n') }
