-- name: lock
-- One filler a pool. Held to the commit, so nobody else inserts codes, and the order of commits is the order of numbers.
SELECT filled_to FROM codepool.fills WHERE pool = @pool FOR UPDATE

-- name: turn
-- Before the fill row. Fillers queue here, so that whoever waits at the row for the first half of a batch is its own second half, and
-- the next to have it. Nothing is wrong without it: the second half would lose its race, and its numbers, to the next filler.
SELECT pg_advisory_xact_lock(hashtextextended('codepool.fills', @pool))

-- name: line
-- After its turn: waits for the second half of the batch before, which has locked the number that it waits for. At the fill row alone
-- it would have to be awake first: with four fillers on two cores, one batch in six lost that race. No argument rests on this one either.
SELECT pg_advisory_xact_lock(hashtextextended('codepool.fills ' || filled_to, @pool)) FROM codepool.fills WHERE pool = @pool

-- name: level
-- Later than the lock: whoever held it has changed the level.
SELECT p.recovering, p.identity = codepool.database_identity(), p.recovered_epoch, p.leased_to,
  (SELECT coalesce(sum(r.last - r.first + 1), 0)::bigint FROM codepool.returned r WHERE r.pool = @pool)
FROM codepool.pools p WHERE p.id = @pool

-- name: stored
-- "pool + 0": only the key of the codes can be used, whatever the statistics say of the pool.
SELECT u.place::integer - 1
FROM unnest(@codes) WITH ORDINALITY AS u (code, place)
CROSS JOIN LATERAL (SELECT FROM codepool.codes c WHERE c.code = u.code AND c.pool + 0 = @pool OFFSET 0) c

-- name: settings
-- What a crash takes away is drawn again: a fill waits for no disk. Whatever is durable after it, makes it durable too.
SELECT set_config('synchronous_commit', 'off', true), pg_backend_pid(), now()

-- name: plan
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true), set_config('jit', 'off', true)

-- name: patience
-- It has its turn and the fill row: from here on it waits for nobody but those who write into the tables and take no turn. It gives the
-- fill row back rather than wait for them, before the command timeout would leave a backend that holds it and that nobody hears of.
SELECT set_config('lock_timeout', '5s', true)

-- name: copy
COPY codepool.codes (id, created_at, pool, code) FROM STDIN (FORMAT binary)

-- name: advance
UPDATE codepool.fills SET filled_to = @filled_to WHERE pool = @pool

-- name: end
-- Asked by another session. A process id alone may be somebody else's by now; with the start of its transaction it is not.
SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = @backend AND xact_start = @began
