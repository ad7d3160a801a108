-- name: lock
SELECT FROM codepool.leases
WHERE pool = @pool AND (token = @token AND lease = ANY (@leases) OR recovery)
ORDER BY lease, first FOR SHARE

-- name: runs
-- As "open", for numbers that follow each other: a range of the index instead of a look-up a row, in half of the time. Each row's code is
-- compared with the one at its place. What this leaves, "open" looks at.
UPDATE codepool.codes c SET status = 1, updated_at = @now
FROM (
  SELECT @pool AS pool, u.first, u.last, u.length, u.codes
  FROM unnest(@run_leases, @run_firsts, @run_lasts, @run_lengths, @run_codes) AS u (lease, first, last, length, codes)
  WHERE EXISTS (
    SELECT FROM codepool.leases l
    WHERE l.pool = @pool AND l.lease = u.lease AND l.token = @token AND l.state = 0 AND u.first >= l.first AND u.last <= l.last)
  OFFSET 0) run
WHERE c.pool = run.pool AND c.id BETWEEN run.first AND run.last AND c.status = 0
  AND convert_to(c.code, 'UTF8') = substring(run.codes FROM ((c.id - run.first) * run.length + 1)::integer FOR run.length)

-- name: open
-- Rows are found by number, in the order of the array: ascending, as locks are taken. The pool comes out of the inner query,
-- and the code is compared as an expression, so that there is no other index to begin with (twice as fast as by code).
-- "c.status = 0" is asked again of a row whose update was waited for.
WITH held AS MATERIALIZED (
  SELECT lease, first, last FROM codepool.leases
  WHERE pool = @pool AND token = @token AND state = 0 AND lease = ANY (@leases))
UPDATE codepool.codes c SET status = 1, updated_at = @now
FROM (
  SELECT @pool AS pool, u.id, u.code
  FROM unnest(@code_leases, @ids, @codes) AS u (lease, id, code)
  WHERE EXISTS (SELECT FROM held h WHERE h.lease = u.lease AND u.id BETWEEN h.first AND h.last)
  OFFSET 0) taken
WHERE c.pool = taken.pool AND c.id = taken.id AND c.code || '' = taken.code AND c.status = 0

-- name: settled
-- Settled rows are exact runs, so what was returned is in none: a code that may be leased again is not marked by its last holder.
UPDATE codepool.codes c SET status = 1, updated_at = @now
FROM (
  SELECT @pool AS pool, u.id, u.code
  FROM unnest(@code_leases, @ids, @codes) AS u (lease, id, code)
  WHERE EXISTS (
      SELECT FROM codepool.leases l
      WHERE l.pool = @pool AND l.lease = u.lease AND l.token = @token AND l.state = 1 AND u.id BETWEEN l.first AND l.last)
    OR EXISTS (
      SELECT FROM codepool.leases l
      WHERE l.pool = @pool AND l.recovery AND u.id BETWEEN l.first AND l.last)
  OFFSET 0) taken
WHERE c.pool = taken.pool AND c.id = taken.id AND c.code || '' = taken.code AND c.status = 0

-- name: unplaced
-- Used and Void are final: there is nothing left to write, and it is no evidence of anything.
SELECT u.place::integer - 1
FROM unnest(@codes) WITH ORDINALITY AS u (code, place)
WHERE NOT EXISTS (SELECT FROM codepool.codes c WHERE c.code = u.code AND c.pool + 0 = @pool AND c.status <> 0)
ORDER BY u.place

-- name: move
UPDATE codepool.pools SET settled_unconfirmed = settled_unconfirmed - @late, settled_used = settled_used + @late
WHERE id = @pool
