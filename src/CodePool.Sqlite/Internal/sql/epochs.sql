SELECT number, token, kind, cache_identity, consistency, state, beats
FROM codepool_epochs
WHERE pool = @pool AND number IN (
  SELECT a.number FROM codepool_epochs a WHERE a.pool = @pool AND a.state <> 2
  UNION
  SELECT e.number
  FROM codepool_leases l
  CROSS JOIN codepool_epochs e ON e.pool = l.pool AND e.number = l.epoch AND e.token = l.token
  WHERE l.pool = @pool AND l.state = 0)
ORDER BY number;
