-- Version 1. Numbers and states are those of docs/guarantees.md and of the enums in CodePool.Providers; times are Unix milliseconds.
CREATE TABLE codepool_pools (
  id INTEGER PRIMARY KEY,
  uid BLOB NOT NULL,
  name TEXT NOT NULL UNIQUE,
  format TEXT NOT NULL,
  consistency INTEGER NOT NULL,
  database_identity TEXT NOT NULL DEFAULT '',
  recovering INTEGER NOT NULL DEFAULT 0,
  recovered_epoch INTEGER NOT NULL DEFAULT 0,
  current_epoch INTEGER NOT NULL DEFAULT 0,
  leased_to INTEGER NOT NULL DEFAULT 0,
  next_lease INTEGER NOT NULL DEFAULT 1,
  next_epoch INTEGER NOT NULL DEFAULT 1,
  settled_used INTEGER NOT NULL DEFAULT 0,
  settled_unconfirmed INTEGER NOT NULL DEFAULT 0,
  settled_void INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE codepool_fills (
  pool INTEGER PRIMARY KEY REFERENCES codepool_pools (id),
  filled_to INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Clustered by number, so that a lease reads one contiguous run of pages (docs/decisions/0002-sqlite-layout.md).
CREATE TABLE codepool_codes (
  pool INTEGER NOT NULL,
  number INTEGER NOT NULL,
  code TEXT NOT NULL COLLATE BINARY,
  status INTEGER NOT NULL DEFAULT 0, -- 0 open, 1 used, 2 void
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  operation BLOB,
  PRIMARY KEY (pool, number),
  UNIQUE (pool, code)
) STRICT, WITHOUT ROWID;

-- An open lease is one row. A settled one is a row for each exact run that became Unconfirmed, often none.
CREATE TABLE codepool_leases (
  pool INTEGER NOT NULL,
  number INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  token BLOB NOT NULL,
  operation BLOB NOT NULL,
  state INTEGER NOT NULL DEFAULT 0, -- 0 open, 1 settled
  recovery INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (pool, number, first)
) STRICT, WITHOUT ROWID;

CREATE INDEX codepool_leases_open ON codepool_leases (pool, first) WHERE state = 0;
CREATE INDEX codepool_leases_recovery ON codepool_leases (pool, first) WHERE recovery = 1;

CREATE TABLE codepool_returned (
  pool INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  PRIMARY KEY (pool, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE codepool_epochs (
  pool INTEGER NOT NULL,
  number INTEGER NOT NULL,
  token BLOB NOT NULL,
  kind INTEGER NOT NULL,
  cache_identity TEXT NOT NULL,
  consistency INTEGER NOT NULL,
  state INTEGER NOT NULL, -- 0 opening, 1 open, 2 closed
  reason INTEGER NOT NULL DEFAULT 0,
  beats INTEGER NOT NULL DEFAULT 0,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  PRIMARY KEY (pool, number)
) STRICT, WITHOUT ROWID;

CREATE INDEX codepool_epochs_alive ON codepool_epochs (pool, number) WHERE state <> 2;

CREATE TABLE codepool_burned (
  pool INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  codes INTEGER NOT NULL,
  PRIMARY KEY (pool, reason)
) STRICT, WITHOUT ROWID;
