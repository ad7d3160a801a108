-- name: lock
SELECT FROM codepool.leases
WHERE pool = @pool AND token = @token AND state = 0 AND lease = ANY (@leases)
ORDER BY lease FOR SHARE

-- name: confirm
-- Later than the lock, so that a lease settled meanwhile is seen as settled.
-- "c.status = 0", asked of the row that is written, carries promise 1: who waited for another update of the row is asked again.
-- The lease being open carries the sum: what was left of a settled one is counted elsewhere.
-- The inner query finds the row by its key, in the order of the array: ascending, as locks are taken.
UPDATE codepool.codes c SET status = 1, operation = @operation, updated_at = @now
FROM (
  SELECT u.place::integer - 1 AS place, x.at
  FROM unnest(@code_leases, @ids, @codes) WITH ORDINALITY AS u (lease, id, code, place)
  CROSS JOIN LATERAL (
    SELECT o.ctid AS at FROM codepool.codes o
    WHERE o.pool = @pool AND o.id = u.id AND o.code = u.code
      AND (o.status = 1 AND o.operation = @operation OR o.status = 0 AND EXISTS (
        SELECT FROM codepool.leases l
        WHERE l.pool = @pool AND l.lease = u.lease AND l.token = @token AND l.state = 0 AND u.id BETWEEN l.first AND l.last))
    OFFSET 0) x) found
WHERE c.ctid = found.at
  AND (c.status = 0 OR c.status = 1 AND c.operation = @operation)
  AND (SELECT NOT recovering AND (@trusted OR identity = codepool.database_identity()) FROM codepool.pools WHERE id = @pool)
RETURNING found.place

-- name: own
-- An earlier attempt whose connection died may commit while this one waits for its rows. They have moved by then, and a join
-- by ctid loses them; a later statement finds them. Used is final, so this needs no lock.
SELECT min(u.place)::integer - 1
FROM unnest(@ids, @codes) WITH ORDINALITY AS u (id, code, place)
CROSS JOIN LATERAL (
  SELECT o.code FROM codepool.codes o
  WHERE o.pool = @pool AND o.id = u.id AND o.status = 1 AND o.operation = @operation
  OFFSET 0) x
WHERE x.code = u.code
GROUP BY u.id
