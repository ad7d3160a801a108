-- The head of every script: nothing is touched before it has passed.
-- KEYS: 1 meta, 2 list, 3 journal, 4 loose. ARGV: 1 replication id, 2 token (from the store's row of the epoch).
-- A replica carries its primary's id, and a writable one would pass without the role.
-- An error of one word would reach the client as "ERR": each of ours has two.
local info = redis.call('INFO', 'replication')
if not string.find(info, 'role:master', 1, true) then return redis.error_reply('CPREPLICA not a primary') end
-- Redis draws a new id whenever its data may have gone back. (master_replid2 keeps the old one; the colon tells them apart.)
if not string.find(info, 'master_replid:' .. ARGV[1], 1, true) then return redis.error_reply('CPFENCED replid') end
local meta = redis.call('HMGET', KEYS[1], 'token', 'replid', 'mode', 'pushed', 'popped', 'trimmed', 'runs', 'packed', 'folded')
if meta[1] ~= ARGV[2] then return redis.error_reply('CPFENCED token') end
if meta[2] ~= ARGV[1] then return redis.error_reply('CPFENCED opened elsewhere') end
local journaled = meta[3] == 'J'
-- In codes: pushed, popped and trimmed in all; packed, those in the list, whose entries (runs) hold several each; folded, what the journal has beyond
-- an entry each. What is neither popped nor packed lies loose: what is left of the last run, code by code.
local pushed, popped, trimmed = tonumber(meta[4]), tonumber(meta[5]), tonumber(meta[6])
local runs, packed, folded = tonumber(meta[7]), tonumber(meta[8]), tonumber(meta[9])
if not (pushed and popped and trimmed and runs and packed and folded and (journaled or meta[3] == 'C')) then return redis.error_reply('CPFENCED counters') end
local loose, journal = pushed - popped - packed, popped - trimmed - folded
-- Evicted, deleted or written to by somebody else: an entry holds one code at least.
if redis.call('LLEN', KEYS[2]) ~= runs or packed < runs or (runs == 0) ~= (packed == 0) then return redis.error_reply('CPFENCED list') end
if redis.call('LLEN', KEYS[4]) ~= loose then return redis.error_reply('CPFENCED loose') end
if journaled and (redis.call('LLEN', KEYS[3]) ~= journal or folded < 0 or (journal == 0) ~= (popped == trimmed)) then return redis.error_reply('CPFENCED journal') end
