-- Deletes the journal of a closed epoch, all of which the store has marked, and its list if meta was lost before open could.
-- KEYS: 1 meta, 2 journal, 3 list, 4 loose. ARGV: 1 the closed epoch's token, 2 how many entries were read.
if not string.find(redis.call('INFO', 'replication'), 'role:master', 1, true) then return redis.error_reply('CPREPLICA not a primary') end
if redis.call('HGET', KEYS[1], 'token') == ARGV[1] then return 0 end
-- Another server's journal, after a failover between the last page and this: what nobody has read is not dropped.
local length = redis.pcall('LLEN', KEYS[2]) -- no number: somebody else has put something else there
if type(length) == 'number' and length ~= tonumber(ARGV[2]) then return 0 end
redis.call('DEL', KEYS[2], KEYS[3], KEYS[4])
return redis.call('HDEL', KEYS[1], 'f:' .. ARGV[1])
