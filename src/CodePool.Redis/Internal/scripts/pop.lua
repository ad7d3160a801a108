-- Pops, and in a Journaled epoch writes to the journal in the same breath. ARGV: 3 how many at most, 4 the journal's bound.
-- Returns what is left, what the journal holds, and the entries.
local most, count = ARGV[3], tonumber(ARGV[3])
if journaled then
  local room = tonumber(ARGV[4]) - (popped - trimmed)
  if room < count then most, count = room, room end
end
if count <= 0 then return { pushed - popped, popped - trimmed } end
-- LPOP is the first write: it is done even when there is no room, and what follows it is not refused then.
-- One entry is asked for and passed on as it is, which a lone caller notices.
local entries = count > 1 and redis.call('LPOP', KEYS[2], most) or count == 1 and redis.call('LPOP', KEYS[2])
if not entries then return { 0, popped - trimmed } end
local one = type(entries) == 'string' -- Garnet gives no table of one
if journaled then
  -- In one call: RedisCodeCache.MaxPop is a quarter of what unpack can take.
  if one then redis.call('RPUSH', KEYS[3], entries) else redis.call('RPUSH', KEYS[3], unpack(entries)) end
end
-- HSET, by which open wrote it, and no other command: one that is denied here would be denied after the codes had left.
popped = popped + (one and 1 or #entries)
redis.call('HSET', KEYS[1], 'popped', popped)
return { pushed - popped, popped - trimmed, one and entries or table.concat(entries, '\n') }
