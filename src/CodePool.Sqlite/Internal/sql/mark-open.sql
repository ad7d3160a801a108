-- [lease, number, code] each. A code is made Used where its own open lease holds it and the row holds that very code.
UPDATE codepool_codes
SET status = 1, updated_at = @now, operation = @operation
WHERE (pool, number) IN (
  SELECT c.pool, c.number
  FROM json_each(@codes) j
  CROSS JOIN codepool_leases l ON l.pool = @pool AND l.number = j.value ->> 0 AND l.token = @token AND l.state = 0
    AND j.value ->> 1 BETWEEN l.first AND l.last
  CROSS JOIN codepool_codes c ON c.pool = @pool AND c.number = j.value ->> 1 AND c.code = j.value ->> 2 AND c.status = 0);
