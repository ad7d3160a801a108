-- What mark-open.sql will change, and what the operation's own earlier attempt, whose answer was lost, changed already; the
-- lease of that may have been settled since. A code that comes twice counts once.
SELECT min(j.key)
FROM json_each(@codes) j
CROSS JOIN codepool_codes c ON c.pool = @pool AND c.number = j.value ->> 1 AND c.code = j.value ->> 2
WHERE (c.status = 1 AND c.operation = @operation)
  OR (c.status = 0 AND EXISTS (
    SELECT 1 FROM codepool_leases l
    WHERE l.pool = @pool AND l.number = j.value ->> 0 AND l.token = @token AND l.state = 0
      AND c.number BETWEEN l.first AND l.last))
GROUP BY c.number
ORDER BY 1;
