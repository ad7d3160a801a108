-- Reads the head of the journal. ARGV: 3 how many codes at most, 4 who drains, 5 for how many milliseconds others need not.
-- The claim saves work, no more: two who drain at once mark the same codes twice, which changes nothing.
-- Returns how many codes, how many entries, what had been trimmed, the first, the last, and all of the entries.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local claim = redis.call('HMGET', KEYS[1], 'drainer', 'drains_until', 'drains_from')
local claimed = tonumber(claim[2] or 0) or 0
-- One that lasts longer than a claim does is no claim: the clock of Redis was put back, or somebody else wrote it.
if claim[1] and claim[1] ~= ARGV[4] and claimed > now and claimed <= now + tonumber(ARGV[5]) then return false end
-- Who comes back without having trimmed cannot mark, and keeps others away no longer. Without room it drains without a claim.
if claim[1] ~= ARGV[4] or tonumber(claim[3]) ~= trimmed then
  redis.pcall('HSET', KEYS[1], 'drainer', ARGV[4], 'drains_until', now + tonumber(ARGV[5]), 'drains_from', trimmed)
end
-- As many entries as hold so many codes on the average.
local entries = journal > 0 and redis.call('LRANGE', KEYS[3], 0, math.ceil(ARGV[3] * journal / (popped - trimmed)) - 1) or {}
if #entries == 0 then return false end
local read, codes = within(entries, tonumber(ARGV[3]))
return { codes, read, trimmed, entries[1], entries[read], table.concat(entries, '\n', 1, read) }
