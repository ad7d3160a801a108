-- name: counters
SELECT p.leased_to AS "LeasedTo", f.filled_to AS "FilledTo", p.settled_used AS "SettledUsed",
  p.settled_unconfirmed AS "SettledUnconfirmed", p.settled_void AS "SettledVoid",
  (SELECT count(*) FROM codepool.leases l
   WHERE l.pool = @pool AND NOT l.recovery AND NOT EXISTS (
     SELECT FROM codepool.epochs e WHERE e.pool = @pool AND e.number = l.epoch AND e.token = l.token)) AS orphans,
  (SELECT coalesce(max(c.id), 0) FROM codepool.codes c WHERE c.pool = @pool) AS highest
FROM codepool.pools p JOIN codepool.fills f ON f.pool = p.id WHERE p.id = @pool

-- name: ranges
-- place: 0 available, 1 leased, 2 settled
SELECT first, last, CASE state WHEN 0 THEN 1 ELSE 2 END AS place FROM codepool.leases WHERE pool = @pool
UNION ALL
SELECT first, last, 0 FROM codepool.returned WHERE pool = @pool
ORDER BY first, last

-- name: count
-- One pass over the table: a binary search in the sorted starts says which range a code would be in.
SELECT b.range, c.status, c.id <= (@lasts)[b.range] AS inside, count(*) AS codes
FROM codepool.codes c CROSS JOIN LATERAL (SELECT width_bucket(c.id, @firsts)) AS b (range)
WHERE c.pool = @pool
GROUP BY 1, 2, 3
