-- name: lock_epoch
SELECT state FROM codepool.epochs WHERE pool = @pool AND number = @epoch AND token = @token FOR SHARE

-- name: lock_pool
-- Commit order is number order from here on, because this row is locked.
SELECT recovering, identity = codepool.database_identity(), recovered_epoch, leased_to, next_lease
FROM codepool.pools WHERE id = @pool FOR UPDATE

-- name: level
-- With what the cursor stands before, unless there are returned runs, which go first. One snapshot, later than the lock of the pool: the
-- first statement saw the state from before its wait. One text, a code a line: a row a code took four times as long to
-- read and to send. No format has a line feed.
SELECT f.filled_to, t.returned, r.open, r.codes
FROM codepool.fills f
JOIN codepool.pools p ON p.id = f.pool
CROSS JOIN LATERAL (
  SELECT coalesce(sum(x.last - x.first + 1), 0)::bigint AS returned FROM codepool.returned x WHERE x.pool = @pool) t
CROSS JOIN LATERAL (
  SELECT count(*) AS open, string_agg(c.code, E'\n') AS codes
  FROM (
    SELECT x.code FROM codepool.codes x
    WHERE t.returned = 0 AND x.pool = @pool AND x.status = 0
      AND x.id BETWEEN p.leased_to + 1 AND least(p.leased_to + @count, f.filled_to) ORDER BY x.id) c) r
WHERE f.pool = @pool

-- name: returned
SELECT first, last FROM codepool.returned WHERE pool = @pool ORDER BY first LIMIT @count

-- name: earlier
-- A retry after an unknown commit must not lease a second time.
SELECT l.lease, l.first, l.last, c.id, c.status, c.code
FROM codepool.leases l
CROSS JOIN LATERAL (
  SELECT x.id, x.status, x.code FROM codepool.codes x
  WHERE x.pool = @pool AND x.id BETWEEN l.first AND l.last OFFSET 0) c
WHERE l.pool = @pool AND l.token = @token AND l.state = 0 AND l.operation = @operation
ORDER BY l.lease, c.id

-- name: open
SELECT l.lease, l.first, l.last, c.id, c.status, c.code
FROM codepool.leases l
CROSS JOIN LATERAL (
  SELECT x.id, x.status, x.code FROM codepool.codes x
  WHERE x.pool = @pool AND x.id BETWEEN l.first AND l.last OFFSET 0) c
WHERE l.pool = @pool AND l.token = @token AND l.state = 0
ORDER BY l.lease, c.id

-- name: numbers
SELECT lease FROM codepool.leases WHERE pool = @pool AND token = @token AND state = 0 ORDER BY lease

-- name: insert
INSERT INTO codepool.leases (pool, lease, first, last, epoch, token, operation)
SELECT @pool, u.lease, u.first, u.last, @epoch, @token, @operation
FROM unnest(@leases, @firsts, @lasts) AS u (lease, first, last)

-- name: advance
UPDATE codepool.pools SET leased_to = @leased_to, next_lease = @next_lease WHERE id = @pool

-- name: take_returned
DELETE FROM codepool.returned WHERE pool = @pool AND first = ANY (@firsts)

-- name: keep_returned
INSERT INTO codepool.returned (pool, first, last) VALUES (@pool, @first, @last)

-- name: read
-- The same for runs that were chosen.
SELECT r.open, r.codes
FROM unnest(@firsts, @lasts) WITH ORDINALITY AS u (first, last, place)
CROSS JOIN LATERAL (
  SELECT count(*) AS open, string_agg(c.code, E'\n') AS codes
  FROM (
    SELECT x.code FROM codepool.codes x
    WHERE x.pool = @pool AND x.id BETWEEN u.first AND u.last AND x.status = 0 ORDER BY x.id) c) r
ORDER BY u.place
