SELECT count(*)
FROM codepool_leases l
WHERE l.pool = @pool AND l.recovery = 0 AND NOT EXISTS (
  SELECT 1 FROM codepool_epochs e WHERE e.pool = l.pool AND e.number = l.epoch AND e.token = l.token);
