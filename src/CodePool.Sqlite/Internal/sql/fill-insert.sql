-- In the order drawn, numbered as if no code were stored already. OR FAIL stops at the first that is: unlike ABORT or
-- DO NOTHING it keeps no copy of every page it touches, and the caller takes back what was inserted before it.
INSERT OR FAIL INTO codepool_codes (pool, number, code, created_at, updated_at)
SELECT @pool, @first + j.key, j.value, @now, @now
FROM json_each(@codes) j;
