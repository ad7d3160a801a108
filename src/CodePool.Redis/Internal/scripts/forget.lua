-- Forgets leases up to ARGV[3], all of which the store has settled. The mark goes first: without room for it nothing is forgotten, since
-- a late push of a forgotten lease would be taken for a new one.
local settled = tonumber(ARGV[3])
if settled <= mark then return 0 end
local raised = redis.pcall('HSET', KEYS[1], 'mark', settled)
if type(raised) == 'table' and raised.err then return 0 end
local forgotten = 0
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 2) == 'l:' and (tonumber(string.sub(field, 3)) or 0) <= settled then
    forgotten = forgotten + redis.call('HDEL', KEYS[1], field)
  end
end
return forgotten
