-- Reads on in the journal of a closed epoch. KEYS: 1 meta, 2 journal. ARGV: 1 the closed epoch's token, 2 how many entries to skip, 3 how many codes at most.
-- Returns how many codes, how many entries, and the entries.
if not string.find(redis.call('INFO', 'replication'), 'role:master', 1, true) then return redis.error_reply('CPREPLICA not a primary') end
-- Open here, whatever the store says: others may still pop.
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then return false end
local entries = redis.call('LRANGE', KEYS[2], ARGV[2], ARGV[2] + ARGV[3] - 1)
if #entries == 0 then return false end
local read, codes = within(entries, tonumber(ARGV[3]))
return { codes, read, table.concat(entries, '\n', 1, read) }
