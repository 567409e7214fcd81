/*
 * Rows and their names:
 * - A record's row number is its position in the log. Records that are not listed (contact cards)
 *   have negative row numbers, so that reading the log never walks over them.
 * - `floors` remembers the winner of an address after its record has expired.
 * - An envelope without bytes is the mark of one that was acknowledged: it makes appending
 *   idempotent until the envelope would have expired.
 * - A blob's pieces stand in the order in which they came; `until` of one that is not whole yet counts
 *   from its first piece.
 * - Days are UTC days since 1970.
 */

/** Each entry brings a database from the version that is its index to the next. */
export const migrations: readonly string[] = [
  `
  CREATE TABLE facts (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO counters (name, value) VALUES ('listed', 0), ('unlisted', 0);

  CREATE TABLE records (
    sequence INTEGER PRIMARY KEY,
    address BLOB NOT NULL UNIQUE,
    id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    day INTEGER NOT NULL,
    until INTEGER NOT NULL,
    bytes BLOB NOT NULL
  ) STRICT;
  CREATE INDEX records_by_until ON records (until);

  CREATE TABLE floors (
    address BLOB PRIMARY KEY,
    id BLOB NOT NULL,
    rev INTEGER NOT NULL,
    until INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX floors_by_until ON floors (until);

  CREATE TABLE packs (
    last INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    records INTEGER NOT NULL,
    size INTEGER NOT NULL,
    superseded INTEGER NOT NULL DEFAULT 0,
    must_reseal INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE TABLE pack_bytes (
    hash BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;

  CREATE TABLE queues (
    number INTEGER PRIMARY KEY,
    queue BLOB NOT NULL UNIQUE,
    read_key BLOB NOT NULL,
    cap_hash BLOB NOT NULL,
    lifetime INTEGER NOT NULL,
    until INTEGER NOT NULL,
    position INTEGER NOT NULL,
    held INTEGER NOT NULL DEFAULT 0,
    held_bytes INTEGER NOT NULL DEFAULT 0,
    marks INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX queues_by_until ON queues (until);

  CREATE TABLE envelopes (
    number INTEGER PRIMARY KEY,
    queue INTEGER NOT NULL,
    position INTEGER NOT NULL,
    id BLOB NOT NULL,
    until INTEGER NOT NULL,
    bytes BLOB,
    UNIQUE (queue, id)
  ) STRICT;
  CREATE UNIQUE INDEX envelopes_held ON envelopes (queue, position) WHERE bytes IS NOT NULL;
  CREATE INDEX envelopes_by_until ON envelopes (until);
  `,
  `
  CREATE TABLE blobs (
    number INTEGER PRIMARY KEY,
    blob BLOB NOT NULL UNIQUE,
    size INTEGER NOT NULL,
    hash BLOB NOT NULL,
    until INTEGER NOT NULL,
    received INTEGER NOT NULL DEFAULT 0,
    whole INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX blobs_by_until ON blobs (until);

  CREATE TABLE blob_pieces (
    number INTEGER PRIMARY KEY,
    blob INTEGER NOT NULL,
    start INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (blob, start)
  ) STRICT;
  INSERT INTO counters (name, value) VALUES ('blob-bytes', 0);
  `,
  // Packs of version 1 are made anew from the records.
  `
  DELETE FROM packs;
  DELETE FROM pack_bytes;
  `,
];
