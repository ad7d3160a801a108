-- name: find_schema
-- Asked of the catalog by a snapshot. to_regclass answers from a cache that may not have heard of what another process
-- committed while this one waited for the lock: of twelve processes, one created the tables again.
SELECT EXISTS (
  SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = @namespace AND c.relname = @table)

-- name: read_version
SELECT max(version) FROM codepool.schema

-- name: has_namespace
SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = @namespace)

-- name: lock_creation
-- Ends with the transaction, so that it works through a pooler too.
SELECT pg_advisory_xact_lock(hashtextextended(@name, 0))

-- name: find_pool
SELECT id, uid, format, consistency, recovering,
  (SELECT filled_to FROM codepool.fills WHERE pool = id) AS "FilledTo"
FROM codepool.pools WHERE name = @name

-- name: insert_pool
WITH pool AS (
  INSERT INTO codepool.pools (uid, name, format, consistency, identity)
  VALUES (@uid, @name, @format, @consistency, codepool.database_identity())
  ON CONFLICT (name) DO NOTHING
  RETURNING id)
INSERT INTO codepool.fills (pool) SELECT id FROM pool

-- name: accept_identity
-- Only for a database that never loses an acknowledged commit: there a new identity alone means nothing.
UPDATE codepool.pools SET identity = codepool.database_identity()
WHERE id = @pool AND NOT recovering AND identity <> codepool.database_identity()
