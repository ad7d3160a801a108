-- name: find
-- "pool + 0": only the key of the codes can be used, whatever the statistics say of the pool.
SELECT c.status, c.created_at AS "CreatedAt", coalesce(c.updated_at, c.created_at) AS "UpdatedAt",
  c.id > p.leased_to OR coalesce((
    SELECT r.last FROM codepool.returned r
    WHERE r.pool = @pool AND r.first <= c.id ORDER BY r.first DESC LIMIT 1) >= c.id, false) AS "IsAvailable",
  EXISTS (
    SELECT FROM codepool.leases l
    WHERE l.pool = @pool AND l.state = 0 AND c.id BETWEEN l.first AND l.last) AS "IsLeased"
FROM codepool.codes c JOIN codepool.pools p ON p.id = c.pool
WHERE c.code = @code AND c.pool + 0 = @pool

-- name: levels
-- One statement, one snapshot. Rows are counted in open leases only: what is out, not what there is.
SELECT f.filled_to,
  f.filled_to - p.leased_to
    + (SELECT coalesce(sum(r.last - r.first + 1), 0)::bigint FROM codepool.returned r WHERE r.pool = @pool),
  o.open,
  p.settled_used + o.used,
  p.settled_unconfirmed,
  p.settled_void + o.void,
  ARRAY (SELECT b.reason FROM codepool.burned b WHERE b.pool = @pool ORDER BY b.reason),
  ARRAY (SELECT b.codes FROM codepool.burned b WHERE b.pool = @pool ORDER BY b.reason)
FROM codepool.pools p
JOIN codepool.fills f ON f.pool = p.id
CROSS JOIN (
  SELECT
    count(*) FILTER (WHERE c.status = 0) AS open,
    count(*) FILTER (WHERE c.status = 1) AS used,
    count(*) FILTER (WHERE c.status = 2) AS void
  FROM codepool.leases l
  CROSS JOIN LATERAL (
    SELECT x.status FROM codepool.codes x WHERE x.pool = @pool AND x.id BETWEEN l.first AND l.last OFFSET 0) c
  WHERE l.pool = @pool AND l.state = 0) o
WHERE p.id = @pool
