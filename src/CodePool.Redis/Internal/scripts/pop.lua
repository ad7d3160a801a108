-- Pops, and in a Journaled epoch writes to the journal in the same breath.
-- ARGV: 3 how many codes at most, 4 the journal's bound, 5 how many codes a run holds.
-- Returns what is left, what the journal holds, and the entries.
local count = tonumber(ARGV[3])
if journaled then count = math.min(count, tonumber(ARGV[4]) - (popped - trimmed)) end
if count <= 0 then return { pushed - popped, popped - trimmed } end

-- Each code leaves its list by LPOP before anything else is done with it. That is the first write: it is done even when there is no room,
-- and what follows it is not refused then. HSET is the command by which open wrote the numbers: one that is denied here would be denied
-- after the codes had left.
if count == 1 then
  -- A lone caller notices each step: nearly always his code lies loose.
  local entry = redis.call('LPOP', KEYS[4])
  if entry then
    if journaled then redis.call('RPUSH', KEYS[3], entry) end
    redis.call('HSET', KEYS[1], 'popped', popped + 1)
    return { pushed - popped - 1, popped + 1 - trimmed, entry }
  end
end
local taken = redis.call('LPOP', KEYS[4], count) or {}
if type(taken) == 'string' then taken = { taken } end -- Garnet gives no table of one
local got = #taken
while got < count do
  -- As many as are surely wanted whole.
  local next = redis.call('LPOP', KEYS[2], math.max(1, math.floor((count - got) / ARGV[5])))
  if not next then break end
  if type(next) == 'string' then next = { next } end
  for _, run in ipairs(next) do
    local held, lease, first, start = parse(run)
    if not held then return redis.error_reply('CPFENCED run') end
    runs, packed = runs - 1, packed - held
    local wanted = math.min(held, count - got)
    if wanted < held then
      -- What is left of the last one goes where the next pop looks first.
      local width, left = math.floor((#run - start + 1) / held), {}
      for i = wanted, held - 1 do
        left[#left + 1] = string.format('1 %s %d %s', lease, first + i, string.sub(run, start + i * width, start + (i + 1) * width - 1))
      end
      redis.call('RPUSH', KEYS[4], unpack(left))
      run = string.format('%d %s %s %s', wanted, lease, first, string.sub(run, start, start + wanted * width - 1))
    end
    if wanted > 0 then taken[#taken + 1] = run end
    got = got + wanted
  end
end
if got == 0 then return { 0, popped - trimmed } end
popped = popped + got
-- In one call: RedisCodeCache.MaxPop is a quarter of what unpack can take.
if journaled then redis.call('RPUSH', KEYS[3], unpack(taken)) end
redis.call('HSET', KEYS[1], 'popped', popped, 'runs', runs, 'packed', packed, 'folded', folded + got - #taken)
return { pushed - popped, popped - trimmed, table.concat(taken, '\n') }
