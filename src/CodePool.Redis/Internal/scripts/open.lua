-- Begins an epoch, empty. Sent once, by the process that inserted its row.
-- KEYS: 1 meta, 2 list and 3 journal of the epoch that meta had when it was looked at; when it had none, of the last one that the
-- caller took part in (of the new one when there is none).
-- ARGV: 1 replication id, 2 token, 3 epoch, 4 pool, 5 mode, 6 the token that meta had, '' if none; 7 token and 8 number of the caller's
-- last epoch, then, '' if none.
local info = redis.call('INFO', 'replication')
if not string.find(info, 'role:master', 1, true) then return redis.error_reply('CPREPLICA') end
if not string.find(info, 'master_replid:' .. ARGV[1], 1, true) then return redis.error_reply('CPFENCED replid') end
local meta = redis.call('HMGET', KEYS[1], 'pool', 'epoch', 'token', 'mode')
if meta[1] and meta[1] ~= ARGV[4] then return redis.error_reply('CPPOOL') end
-- A slow rotator must not undo a faster one's epoch.
if meta[2] and tonumber(meta[2]) >= tonumber(ARGV[3]) then return redis.error_reply('CPFENCED higher epoch') end
if (meta[3] or '') ~= ARGV[6] then return redis.error_reply('CPFENCED changed') end

-- Outlives the epoch: which journals are still to be marked, and the highest lease anybody has pushed.
local kept = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 'f:' or all[i] == 'highest' then
    kept[#kept + 1], kept[#kept + 2] = all[i], all[i + 1]
  end
end
-- A lost meta has taken with it which epoch it was: without its journal's mark, what was taken would stay Unconfirmed, and the key for ever.
local last, number = meta[3] or ARGV[7], meta[2] or ARGV[8]
if last ~= '' and redis.call('EXISTS', KEYS[3]) == 1 then
  kept[#kept + 1], kept[#kept + 2] = 'f:' .. last, number
end

-- The first write decides whether there is room, and a DEL always has it.
redis.call('DEL', KEYS[2])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1],
  'pool', ARGV[4], 'epoch', ARGV[3], 'token', ARGV[2], 'replid', ARGV[1], 'mode', ARGV[5],
  'pushed', 0, 'popped', 0, 'trimmed', 0, 'mark', 0, unpack(kept))
return 'OK'
