-- SPDX-License-Identifier: EUPL-1.2
-- The database of module.conf: sqlite3 /var/lib/freeradius/rollkeeper.sqlite < tables.sql
PRAGMA journal_mode = WAL;
-- The last order for each line. `account` is its number as the register writes it, here and below: +86..., or your own reference
-- of the access (user@isp, acc-000123, #100200300), in capitals or not.
CREATE TABLE IF NOT EXISTS rk_line (
    line TEXT PRIMARY KEY, account TEXT NOT NULL COLLATE NOCASE, state TEXT NOT NULL, sequence INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS rk_line_by_account ON rk_line (account, sequence);
-- Filled by the operator: under which names (or Calling-Station-Ids) the customers of a number come. FreeRADIUS asks for some
-- characters in another spelling: \ is =5C here, ' is =27, " is =22, ` is =60.
CREATE TABLE IF NOT EXISTS rk_account (
    account TEXT PRIMARY KEY COLLATE NOCASE CHECK (account NOT GLOB '*[\''"`]*'),
    number TEXT NOT NULL COLLATE NOCASE CHECK (number GLOB '+[0-9]*' OR number GLOB '#?*' OR number GLOB '[A-Za-z0-9]*[@_/#-]*')
);
CREATE INDEX IF NOT EXISTS rk_account_by_number ON rk_account (number);
CREATE TABLE IF NOT EXISTS rk_session (
    nas TEXT NOT NULL, session TEXT NOT NULL, account TEXT NOT NULL COLLATE NOCASE, ordered INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    name TEXT NOT NULL DEFAULT '', PRIMARY KEY (nas, session)
);
CREATE INDEX IF NOT EXISTS rk_session_by_account ON rk_session (account);
-- Numbers under which customers came and went.
CREATE TABLE IF NOT EXISTS rk_seen (account TEXT PRIMARY KEY COLLATE NOCASE);
CREATE TRIGGER IF NOT EXISTS rk_session_over BEFORE DELETE ON rk_session BEGIN
    INSERT OR IGNORE INTO rk_seen VALUES (OLD.account);
END;
-- When a NAS last gave no answer about a session. Valid for seconds: rebuilt each time.
DROP TABLE IF EXISTS rk_silent;
CREATE TABLE rk_silent (nas TEXT NOT NULL, session TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (nas, session));
