-- Rows are counted in open leases only: what is out bounds the cost, not the table.
SELECT
  f.filled_to,
  f.filled_to - p.leased_to
    + coalesce((SELECT sum(r.last - r.first + 1) FROM codepool_returned r WHERE r.pool = p.id), 0),
  o.leased,
  p.settled_used + o.used,
  p.settled_unconfirmed,
  p.settled_void + o.void
FROM codepool_pools p
JOIN codepool_fills f ON f.pool = p.id
CROSS JOIN (
  SELECT
    count(*) FILTER (WHERE c.status = 0) AS leased,
    count(*) FILTER (WHERE c.status = 1) AS used,
    count(*) FILTER (WHERE c.status = 2) AS void
  FROM codepool_leases l
  CROSS JOIN codepool_codes c ON c.pool = @pool AND c.number BETWEEN l.first AND l.last
  WHERE l.pool = @pool AND l.state = 0) o
WHERE p.id = @pool;
