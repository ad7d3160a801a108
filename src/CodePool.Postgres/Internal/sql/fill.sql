-- name: lock
-- One filler a pool. Held to the commit, so nobody else inserts codes, and the order of commits is the order of numbers.
SELECT filled_to FROM codepool.fills WHERE pool = @pool FOR UPDATE

-- name: level
-- Later than the lock: whoever held it has changed the level.
SELECT p.recovering, p.identity = codepool.database_identity(), p.recovered_epoch, p.leased_to,
  (SELECT coalesce(sum(r.last - r.first + 1), 0)::bigint FROM codepool.returned r WHERE r.pool = @pool)
FROM codepool.pools p WHERE p.id = @pool

-- name: stored
SELECT u.place::integer - 1
FROM unnest(@codes) WITH ORDINALITY AS u (code, place)
CROSS JOIN LATERAL (SELECT FROM codepool.codes c WHERE c.pool = @pool AND c.code = u.code OFFSET 0) c

-- name: copy
COPY codepool.codes (id, created_at, pool, code) FROM STDIN (FORMAT binary)

-- name: advance
UPDATE codepool.fills SET filled_to = @filled_to WHERE pool = @pool
