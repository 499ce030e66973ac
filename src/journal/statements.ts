/** `PLIM`: the mark in the file's header by which a journal is told from any other database. */
export const APPLICATION_ID = 0x504c494d
/** Raised when the tables change. */
export const LAYOUT = 1

/**
 * `ordinal` counts a stream's records from 0. `mentions` is what the command line looks up: a position, a plan, a
 * transaction. Bodies are JSON; amounts in them are `{"$": "123"}`.
 */
export const TABLES = `
CREATE TABLE identity (chainId INTEGER NOT NULL, executor TEXT NOT NULL);
CREATE TABLE records (
  seq INTEGER PRIMARY KEY,
  stream TEXT NOT NULL,
  ordinal INTEGER NOT NULL,
  atMs INTEGER NOT NULL,
  body TEXT NOT NULL,
  UNIQUE (stream, ordinal)
);
CREATE TABLE mentions (kind TEXT NOT NULL, id TEXT NOT NULL, seq INTEGER NOT NULL REFERENCES records (seq),
  PRIMARY KEY (kind, id, seq)) WITHOUT ROWID;
`
