-- After the fence, for scripts to which the mark matters, and for the one that says whether a refusal was meant.
-- Every lease up to the mark was pushed, so it is at most the highest: with another one every push would be taken for a repetition.
local known = redis.call('HMGET', KEYS[1], 'mark', 'highest')
local mark, highest = tonumber(known[1]), tonumber(known[2] or 0) or 0
-- No lease has such a number, and it would hide those that the database forgets.
if not (highest <= 9007199254740992) then highest = 0 end
if not (mark and mark <= highest) then return redis.error_reply('CPFENCED mark') end
