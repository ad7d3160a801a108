-- name: lock_epoch
SELECT state, consistency, reason FROM codepool.epochs
WHERE pool = @pool AND number = @epoch AND token = @token FOR SHARE

-- name: lock_leases
-- Only an open lease is settled: one that is settled or gone may have been leased again, and must not be returned twice.
SELECT lease, first, last FROM codepool.leases
WHERE pool = @pool AND token = @token AND state = 0 AND (@every OR lease = ANY (@leases))
ORDER BY lease FOR UPDATE

-- name: read
-- Later than the lock: whoever changed a code's status held the lease until then.
SELECT u.lease, c.id, c.status
FROM unnest(@leases, @firsts, @lasts) AS u (lease, first, last)
CROSS JOIN LATERAL (
  SELECT x.id, x.status FROM codepool.codes x
  WHERE x.pool = @pool AND x.id BETWEEN u.first AND u.last OFFSET 0) c
ORDER BY u.lease, c.id

-- name: delete_leases
DELETE FROM codepool.leases WHERE pool = @pool AND token = @token AND state = 0 AND lease = ANY (@leases)

-- name: insert_runs
INSERT INTO codepool.leases (pool, lease, first, last, epoch, token, operation, state)
SELECT @pool, u.lease, u.first, u.last, @epoch, @token, @operation, 1
FROM unnest(@leases, @firsts, @lasts) AS u (lease, first, last)

-- name: add_totals
UPDATE codepool.pools SET
  settled_used = settled_used + @used,
  settled_unconfirmed = settled_unconfirmed + @unconfirmed,
  settled_void = settled_void + @void
WHERE id = @pool

-- name: insert_returned
-- Joined with the runs they touch: few runs make few leases.
WITH neighbour AS (
  DELETE FROM codepool.returned r
  WHERE r.pool = @pool AND (r.last + 1 = ANY (@firsts) OR r.first - 1 = ANY (@lasts))
  RETURNING r.first, r.last),
run AS (
  SELECT first, last FROM neighbour
  UNION ALL
  SELECT u.first, u.last FROM unnest(@firsts, @lasts) AS u (first, last)),
start AS (
  SELECT first, last, (first - 1 IS DISTINCT FROM lag(last) OVER (ORDER BY first))::integer AS begins FROM run),
island AS (
  SELECT first, last, sum(begins) OVER (ORDER BY first) AS island FROM start)
INSERT INTO codepool.returned (pool, first, last)
SELECT @pool, min(first), max(last) FROM island GROUP BY island

-- name: burn
INSERT INTO codepool.burned AS b (pool, reason, codes) VALUES (@pool, @reason, @codes)
ON CONFLICT (pool, reason) DO UPDATE SET codes = b.codes + excluded.codes
