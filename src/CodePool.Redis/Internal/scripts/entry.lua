-- What an entry holds: how many codes, of which lease, the number of the first, and where the codes begin. Nothing, if it is none, or so large
-- that somebody else has written it.
local function parse(entry)
  local held, lease, first, start = string.match(entry, '^(%d+) (%d+) (%d+) ()')
  held = tonumber(held)
  if held and held > 0 and held <= 1000 and start <= #entry and (#entry - start + 1) % held == 0 then return held, lease, first, start end
end
