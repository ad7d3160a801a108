-- name: read_pool
SELECT recovering, identity = codepool.database_identity(), recovered_epoch, next_lease, next_epoch, settled_unconfirmed
FROM codepool.pools WHERE id = @pool FOR UPDATE

-- name: set_recovering
UPDATE codepool.pools SET recovering = true WHERE id = @pool

-- name: lock_fill
SELECT filled_to FROM codepool.fills WHERE pool = @pool FOR UPDATE

-- name: lock_epochs
SELECT FROM codepool.epochs WHERE pool = @pool AND state <> 2 ORDER BY number FOR UPDATE

-- name: lock_leases
SELECT FROM codepool.leases WHERE pool = @pool ORDER BY lease, first FOR UPDATE

-- name: whole_table
-- For the one statement that reads all of it, or an index for a small pool beside a large one: planned for this pool.
SELECT set_config('enable_seqscan', 'on', true), set_config('plan_cache_mode', 'auto', true)

-- name: count
-- Later than every lock: whoever changes a status holds its lease, or the pool.
SELECT
  count(*) FILTER (WHERE status = 0), count(*) FILTER (WHERE status = 1), count(*) FILTER (WHERE status = 2)
FROM codepool.codes WHERE pool = @pool

-- name: close_epochs
UPDATE codepool.epochs SET state = 2, reason = @reason, closed_at = @now WHERE pool = @pool AND state <> 2

-- name: delete_leases
DELETE FROM codepool.leases WHERE pool = @pool

-- name: delete_returned
DELETE FROM codepool.returned WHERE pool = @pool

-- name: insert_record
INSERT INTO codepool.leases (pool, lease, first, last, epoch, token, operation, state, recovery)
SELECT @pool, @lease, 1, @filled_to, 0, @token, @token, 1, true WHERE @filled_to > 0

-- name: write_pool
UPDATE codepool.pools SET
  identity = codepool.database_identity(), recovering = @recovering, recovered_epoch = @next_epoch, current_epoch = 0,
  leased_to = @filled_to, next_lease = @next_lease, next_epoch = @next_epoch,
  settled_used = @used, settled_unconfirmed = @unconfirmed, settled_void = @void
WHERE id = @pool

-- name: filled_to
SELECT filled_to FROM codepool.fills WHERE pool = @pool
