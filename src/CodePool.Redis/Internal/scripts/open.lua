-- Begins an epoch, empty. Sent once, by the process that inserted its row.
-- KEYS: 1 meta, 2 list, 3 journal and 4 loose of the epoch that meta had when it was looked at (of the new one when it had none).
-- ARGV: 1 replication id, 2 token, 3 epoch, 4 pool, 5 mode, 6 the token that meta had, '' if none.
local info = redis.call('INFO', 'replication')
if not string.find(info, 'role:master', 1, true) then return redis.error_reply('CPREPLICA not a primary') end
if not string.find(info, 'master_replid:' .. ARGV[1], 1, true) then return redis.error_reply('CPFENCED replid') end
local meta = redis.call('HMGET', KEYS[1], 'pool', 'epoch', 'token', 'mode')
if meta[1] and meta[1] ~= ARGV[4] then return redis.error_reply('CPPOOL another pool') end
-- A slow rotator must not undo a faster one's epoch.
if meta[2] and (tonumber(meta[2]) or 0) >= tonumber(ARGV[3]) then return redis.error_reply('CPFENCED higher epoch') end
if (meta[3] or '') ~= ARGV[6] then return redis.error_reply('CPFENCED changed') end

-- Outlives the epoch: which journals are still to be marked, and the highest lease anybody has pushed.
local kept = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  if string.sub(all[i], 1, 2) == 'f:' or all[i] == 'highest' then
    kept[#kept + 1], kept[#kept + 2] = all[i], all[i + 1]
  end
end
if meta[3] and redis.call('EXISTS', KEYS[3]) == 1 then
  kept[#kept + 1], kept[#kept + 2] = 'f:' .. meta[3], meta[2]
end

-- The first write decides whether there is room, and a DEL always has it.
redis.call('DEL', KEYS[2], KEYS[4])
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1],
  'pool', ARGV[4], 'epoch', ARGV[3], 'token', ARGV[2], 'replid', ARGV[1], 'mode', ARGV[5],
  'pushed', 0, 'popped', 0, 'trimmed', 0, 'runs', 0, 'packed', 0, 'folded', 0, 'mark', 0)
-- One by one: unpack has a limit, and nothing may fail after the first write.
for i = 1, #kept, 2 do redis.call('HSET', KEYS[1], kept[i], kept[i + 1]) end
return 'OK'
