-- How many entries of a journal hold at most so many codes, but one at least: an entry is marked and trimmed whole. And how many codes they hold.
-- What is no entry counts as one code, and is trimmed with the others.
local function within(entries, most)
  local codes = 0
  for i, entry in ipairs(entries) do
    local held = parse(entry) or 1
    if i > 1 and codes + held > most then return i - 1, codes end
    codes = codes + held
  end
  return #entries, codes
end
