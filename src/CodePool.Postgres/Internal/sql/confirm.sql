-- name: lock
SELECT FROM codepool.leases
WHERE pool = @pool AND token = @token AND state = 0 AND lease = ANY (@leases)
ORDER BY lease FOR SHARE

-- name: runs
-- As "confirm", for numbers that follow each other: a range of the index instead of a look-up a row. Each row's code is compared with the one at
-- its place. As many changed as were asked for are all of them, since a row is changed once and each number has one; of fewer, "confirm" says which.
UPDATE codepool.codes c SET status = 1, operation = @operation, updated_at = @now
FROM (
  SELECT @pool AS pool, u.first, u.last, u.length, u.codes
  FROM unnest(@run_leases, @run_firsts, @run_lasts, @run_lengths, @run_codes) AS u (lease, first, last, length, codes)
  WHERE EXISTS (
    SELECT FROM codepool.leases l
    WHERE l.pool = @pool AND l.lease = u.lease AND l.token = @token AND l.state = 0 AND u.first >= l.first AND u.last <= l.last)
  OFFSET 0) run
WHERE c.pool = run.pool AND c.id BETWEEN run.first AND run.last AND c.status = 0
  AND convert_to(c.code, 'UTF8') = substring(run.codes FROM ((c.id - run.first) * run.length + 1)::integer FOR run.length)
  AND (SELECT NOT recovering AND (@trusted OR identity = codepool.database_identity()) FROM codepool.pools WHERE id = @pool)

-- name: confirm
-- Later than the lock, so that a lease settled meanwhile is seen as settled.
-- "c.status = 0", asked of the row that is written, carries promise 1: who waited for another update of the row is asked again.
-- The lease being open carries the sum: what was left of a settled one is counted elsewhere.
-- Rows are found by number, in the order of the array: ascending, as locks are taken. The pool comes out of the inner query,
-- and the code is compared as an expression, so that there is no other index to begin with.
WITH held AS MATERIALIZED (
  SELECT lease, first, last FROM codepool.leases
  WHERE pool = @pool AND token = @token AND state = 0 AND lease = ANY (@leases))
UPDATE codepool.codes c SET status = 1, operation = @operation, updated_at = @now
FROM (
  SELECT @pool AS pool, u.id, u.code, u.place::integer - 1 AS place, EXISTS (
    SELECT FROM held h WHERE h.lease = u.lease AND u.id BETWEEN h.first AND h.last) AS is_leased
  FROM unnest(@code_leases, @ids, @codes) WITH ORDINALITY AS u (lease, id, code, place)
  OFFSET 0) claim
WHERE c.pool = claim.pool AND c.id = claim.id AND c.code || '' = claim.code
  AND (c.status = 0 AND claim.is_leased OR c.status = 1 AND c.operation = @operation)
  AND (SELECT NOT recovering AND (@trusted OR identity = codepool.database_identity()) FROM codepool.pools WHERE id = @pool)
RETURNING claim.place

-- name: own
-- An earlier attempt whose connection died may commit while this one waits for its rows. Whatever a release of PostgreSQL then
-- asks again of the rows that have moved, a later statement finds them. Used is final, so this needs no lock.
SELECT min(u.place)::integer - 1
FROM unnest(@ids, @codes) WITH ORDINALITY AS u (id, code, place)
CROSS JOIN LATERAL (
  SELECT o.code FROM codepool.codes o
  WHERE o.pool = @pool AND o.id = u.id AND o.status = 1 AND o.operation = @operation
  OFFSET 0) x
WHERE x.code = u.code
GROUP BY u.id
