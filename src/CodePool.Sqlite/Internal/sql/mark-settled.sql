-- Late marks: the code is Unconfirmed, under its own settled lease or under a recovery's record. Settled rows are exact
-- runs, so what was returned is in none: a code that may be leased again is not marked by its last holder.
UPDATE codepool_codes
SET status = 1, updated_at = @now
WHERE (pool, number) IN (
  SELECT c.pool, c.number
  FROM json_each(@codes) j
  CROSS JOIN codepool_codes c ON c.pool = @pool AND c.number = j.value ->> 1 AND c.code = j.value ->> 2 AND c.status = 0
  WHERE EXISTS (
      SELECT 1 FROM codepool_leases l
      WHERE l.pool = @pool AND l.number = j.value ->> 0 AND l.token = @token AND l.state = 1
        AND c.number BETWEEN l.first AND l.last)
    OR EXISTS (
      SELECT 1 FROM codepool_leases l
      WHERE l.pool = @pool AND l.recovery = 1 AND c.number BETWEEN l.first AND l.last));
