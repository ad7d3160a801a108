-- Each row by every range that holds it: 0 free (above the cursor or returned), 1 open lease, 2 settled row.
WITH ranges (kind, first, last) AS (
  SELECT 0, leased_to + 1, 9223372036854775807 FROM codepool_pools WHERE id = @pool
  UNION ALL
  SELECT 0, first, last FROM codepool_returned WHERE pool = @pool
  UNION ALL
  SELECT 1 + state, first, last FROM codepool_leases WHERE pool = @pool)
SELECT r.kind, c.status, count(*)
FROM ranges r
CROSS JOIN codepool_codes c ON c.pool = @pool AND c.number BETWEEN r.first AND r.last
GROUP BY r.kind, c.status;
