SELECT
  f.filled_to - p.leased_to
    + coalesce((SELECT sum(r.last - r.first + 1) FROM codepool_returned r WHERE r.pool = p.id), 0)
FROM codepool_pools p
JOIN codepool_fills f ON f.pool = p.id
WHERE p.id = @pool;
