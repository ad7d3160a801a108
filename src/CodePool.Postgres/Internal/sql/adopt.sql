-- name: find
-- Under the lock of the fill row: no code appears meanwhile, and numbers never change.
SELECT u.place::integer - 1, c.id
FROM unnest(@codes) WITH ORDINALITY AS u (code, place)
CROSS JOIN LATERAL (SELECT x.id FROM codepool.codes x WHERE x.code = u.code AND x.pool + 0 = @pool OFFSET 0) c

-- name: lock_leases
SELECT FROM codepool.leases l
WHERE l.pool = @pool AND EXISTS (SELECT FROM unnest(@ids) AS u (id) WHERE u.id BETWEEN l.first AND l.last)
ORDER BY l.lease, l.first FOR SHARE

-- name: use
UPDATE codepool.codes c SET status = 1, updated_at = @now
FROM (SELECT @pool AS pool, u.id FROM unnest(@ids) AS u (id) OFFSET 0) taken
WHERE c.pool = taken.pool AND c.id = taken.id AND c.status = 0
RETURNING c.id

-- name: lock_pool
SELECT leased_to FROM codepool.pools WHERE id = @pool FOR UPDATE

-- name: leased
SELECT u.id FROM unnest(@ids) AS u (id)
WHERE EXISTS (
  SELECT FROM codepool.leases l WHERE l.pool = @pool AND l.state = 0 AND u.id BETWEEN l.first AND l.last)

-- name: returned
SELECT r.first, r.last FROM codepool.returned r
WHERE r.pool = @pool AND EXISTS (SELECT FROM unnest(@ids) AS u (id) WHERE u.id BETWEEN r.first AND r.last)

-- name: cut_returned
DELETE FROM codepool.returned WHERE pool = @pool AND first = ANY (@firsts)

-- name: keep_returned
INSERT INTO codepool.returned (pool, first, last)
SELECT @pool, u.first, u.last FROM unnest(@firsts, @lasts) AS u (first, last)

-- name: insert
INSERT INTO codepool.codes (pool, id, code, status, created_at, updated_at)
SELECT @pool, u.id, u.code, 1, @now, @now FROM unnest(@ids, @codes) AS u (id, code)

-- name: move
UPDATE codepool.pools SET
  leased_to = @leased_to,
  settled_used = settled_used + @used,
  settled_unconfirmed = settled_unconfirmed - @late
WHERE id = @pool
