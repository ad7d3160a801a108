-- name: lock_epoch
-- Before the pool, as a lease does: in opposite orders they deadlocked.
SELECT state FROM codepool.epochs WHERE pool = @pool AND number = @replaces FOR UPDATE

-- name: lock_pool
SELECT recovering, identity = codepool.database_identity(), recovered_epoch, next_epoch, current_epoch, consistency
FROM codepool.pools WHERE id = @pool FOR UPDATE

-- name: replace
UPDATE codepool.epochs SET state = 2, reason = @reason, closed_at = @now
WHERE pool = @pool AND number = @replaces AND state <> 2

-- name: insert
INSERT INTO codepool.epochs (pool, number, token, kind, cache_identity, consistency, state, opened_at)
VALUES (@pool, @number, @token, @kind, @cache_identity, @consistency, @state, @now)

-- name: advance
UPDATE codepool.pools SET
  next_epoch = @number + 1,
  current_epoch = CASE WHEN @shared THEN @number ELSE current_epoch END
WHERE id = @pool

-- name: activate
UPDATE codepool.epochs SET state = 1
WHERE pool = @pool AND number = @number AND token = @token AND state = 0

-- name: beat
UPDATE codepool.epochs SET beats = beats + 1
WHERE pool = @pool AND number = @number AND token = @token AND state <> 2

-- name: close
UPDATE codepool.epochs SET state = 2, reason = @reason, closed_at = @now
WHERE pool = @pool AND number = @number AND token = @token AND state <> 2

-- name: clear_current
UPDATE codepool.pools SET current_epoch = 0
WHERE id = @pool AND current_epoch = @number AND EXISTS (
  SELECT FROM codepool.epochs e WHERE e.pool = @pool AND e.number = @number AND e.token = @token AND e.state = 2)

-- name: list
SELECT number, token, kind, cache_identity AS "CacheIdentity", consistency, state, beats
FROM codepool.epochs e
WHERE pool = @pool AND (state <> 2 OR EXISTS (
  SELECT FROM codepool.leases l WHERE l.pool = @pool AND l.token = e.token AND l.state = 0))
ORDER BY number
