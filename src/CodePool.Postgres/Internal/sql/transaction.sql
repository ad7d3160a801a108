-- name: begin
-- The connection string may say otherwise, and what locks and then reads needs a new snapshot for the second statement.
BEGIN ISOLATION LEVEL READ COMMITTED

-- name: settings
-- Durability is this transaction's own business: with synchronous_commit off, an acknowledged lease was gone after kill -9.
-- Warnings are asked for: a commit that stopped waiting for its synchronous standby says so by one, and by nothing else.
-- The planner is kept to the indexes: before the first ANALYZE of a fresh table it chose plans 1,000 times slower, and for
-- 5,000 marks it compiled the query first, 26 ms of 84.
SELECT
  set_config('synchronous_commit',
    CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, true),
  set_config('client_min_messages', 'warning', true),
  set_config('enable_seqscan', 'off', true),
  set_config('enable_hashjoin', 'off', true),
  set_config('enable_mergejoin', 'off', true),
  set_config('jit', 'off', true),
  set_config('plan_cache_mode', 'force_generic_plan', true)

-- name: in_order
-- A bitmap would lock a range's rows by page, and not by number. Not before the leases are locked, which needs one: without, a mark reads
-- every lease there ever was.
SELECT set_config('enable_bitmapscan', 'off', true)

-- name: guard
SELECT recovering, identity = codepool.database_identity(), recovered_epoch
FROM codepool.pools WHERE id = @pool

-- name: commit
COMMIT
