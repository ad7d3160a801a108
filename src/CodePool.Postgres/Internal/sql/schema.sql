-- CodePool for PostgreSQL 15 and up: schema version 1. Run it once, in one transaction, as the owner of the tables.
-- "codepool" stands for the configured schema and prefix: PostgresSchema.GetScript writes the real names.

-- The system identifier tells one cluster from another, the timeline one history from another. The file name of the
-- current WAL position has the new timeline at once after a promotion; pg_control_checkpoint() lags behind it.
CREATE FUNCTION codepool.database_identity() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT (pg_catalog.pg_control_system()).system_identifier::text
    || '/' || pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)
$$;

CREATE TABLE codepool.schema (
  version integer NOT NULL
);

CREATE TABLE codepool.pools (
  id smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  uid uuid NOT NULL,
  name text COLLATE "C" NOT NULL UNIQUE,
  format text COLLATE "C" NOT NULL,
  consistency smallint NOT NULL,                   -- 0 Journaled, 1 Confirmed
  identity text NOT NULL,                          -- database_identity() when the pool was last sound
  recovering boolean NOT NULL DEFAULT false,
  recovered_epoch bigint NOT NULL DEFAULT 0,       -- first epoch number after the last recovery; 0: there was none
  current_epoch bigint NOT NULL DEFAULT 0,         -- the shared epoch; 0: there is none
  leased_to bigint NOT NULL DEFAULT 0,
  next_lease bigint NOT NULL DEFAULT 1,
  next_epoch bigint NOT NULL DEFAULT 1,
  settled_used bigint NOT NULL DEFAULT 0,
  settled_unconfirmed bigint NOT NULL DEFAULT 0,
  settled_void bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- A row of its own: a fill holds it for long, and a lease must not wait for it.
CREATE TABLE codepool.fills (
  pool smallint PRIMARY KEY REFERENCES codepool.pools,
  filled_to bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);

-- Wide columns first, so that alignment costs nothing. No index names a column that changes, and each page keeps room for
-- a second version of each row: so a mark is a HOT update, which touches no index, even while a long transaction keeps the
-- old versions alive (docs/decisions/0003-postgres-table.md). No foreign key to pools: it
-- would cost a lookup a code, and nothing deletes pools.
-- The key of the codes does not begin with the pool: a planner that has not heard of a new pool yet took it for a range of
-- numbers, and read the whole pool for each lease. The pool's number has 2 bytes, not 4: so the entry of a code of 12 symbols takes 24 bytes
-- in that key, not 32.
CREATE TABLE codepool.codes (
  id bigint NOT NULL,                              -- the code's number: gapless from 1, in the order drawn
  created_at timestamptz NOT NULL,
  updated_at timestamptz,                          -- null: not since it was created
  pool smallint NOT NULL,
  status smallint NOT NULL DEFAULT 0,              -- 0 open, 1 used, 2 void
  code text COLLATE "C" NOT NULL,
  operation uuid,                                  -- the confirmed take that made it used
  PRIMARY KEY (pool, id),
  UNIQUE (code, pool)
) WITH (fillfactor = 45);

CREATE TABLE codepool.epochs (
  pool smallint NOT NULL REFERENCES codepool.pools,
  number bigint NOT NULL,
  token uuid NOT NULL,
  kind smallint NOT NULL,                          -- 0 process, 1 redis
  cache_identity text NOT NULL,
  consistency smallint NOT NULL,
  state smallint NOT NULL,                         -- 0 opening, 1 open, 2 closed
  reason smallint NOT NULL DEFAULT 0,
  beats bigint NOT NULL DEFAULT 0,
  opened_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (pool, number)
) WITH (fillfactor = 50);
CREATE INDEX ON codepool.epochs (pool, number) WHERE state <> 2;

-- An open lease is one row. A settled one is a row for each exact run of codes that became Unconfirmed, often none.
CREATE TABLE codepool.leases (
  pool smallint NOT NULL REFERENCES codepool.pools,
  lease bigint NOT NULL,
  first bigint NOT NULL,
  last bigint NOT NULL,
  epoch bigint NOT NULL,
  token uuid NOT NULL,
  operation uuid NOT NULL,
  state smallint NOT NULL DEFAULT 0,               -- 0 open, 1 settled
  recovery boolean NOT NULL DEFAULT false,         -- the one record that a recovery put over everything
  PRIMARY KEY (pool, lease, first)
);
CREATE INDEX ON codepool.leases (pool, token) WHERE state = 0;
CREATE INDEX ON codepool.leases (pool) WHERE recovery;

CREATE TABLE codepool.returned (
  pool smallint NOT NULL REFERENCES codepool.pools,
  first bigint NOT NULL,
  last bigint NOT NULL,
  PRIMARY KEY (pool, first)
);

CREATE TABLE codepool.burned (
  pool smallint NOT NULL REFERENCES codepool.pools,
  reason smallint NOT NULL,
  codes bigint NOT NULL,
  PRIMARY KEY (pool, reason)
);

INSERT INTO codepool.schema (version) VALUES (1);
