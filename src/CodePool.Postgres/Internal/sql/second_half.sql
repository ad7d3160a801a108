-- name: settings
-- As the first half, it waits for no disk; its commit comes after the first one's in the log, so a crash never keeps it alone.
-- It gives way at the first sight of a lock: it waits for the end of the first half, which is near by then, and for nothing else.
SELECT set_config('synchronous_commit', 'off', true), pg_backend_pid(), now(), set_config('lock_timeout', '2s', true)

-- name: line
-- Before its copy: the next filler waits here for its end ("fill.line"), and so does not meet its numbers.
SELECT pg_advisory_xact_lock(hashtextextended('codepool.fills ' || @expected, @pool))

-- name: patience
-- Only the end of the first half is waited for from here on, however slow its copy is: a deadlock between the two is found by the server.
SELECT set_config('lock_timeout', '10s', true)

-- name: advance
-- Later than the lock, so that what the first half left is seen, and a recovery that began meanwhile.
-- "filled_to = @expected" carries gapless numbers: these rows begin right after it, and whoever changed it has committed.
UPDATE codepool.fills SET filled_to = @filled_to
WHERE pool = @pool AND filled_to = @expected
  AND (SELECT NOT recovering AND (@trusted OR identity = codepool.database_identity()) FROM codepool.pools WHERE id = @pool)
