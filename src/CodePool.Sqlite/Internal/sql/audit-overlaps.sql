-- Ranges that begin before an earlier one has ended.
WITH ranges (first, last) AS (
  SELECT leased_to + 1, 9223372036854775807 FROM codepool_pools WHERE id = @pool
  UNION ALL
  SELECT first, last FROM codepool_returned WHERE pool = @pool
  UNION ALL
  SELECT first, last FROM codepool_leases WHERE pool = @pool)
SELECT count(*)
FROM (
  SELECT first, max(last) OVER (ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS ended
  FROM ranges)
WHERE first <= ended;
