-- SPDX-License-Identifier: EUPL-1.2
-- The database of module.conf: sqlite3 /var/lib/freeradius/rollkeeper.sqlite < tables.sql
-- Tables that were made before `seen` was in them: ALTER TABLE rk_session ADD seen INTEGER NOT NULL DEFAULT 0;
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS rk_line (
    line TEXT PRIMARY KEY, account TEXT NOT NULL, state TEXT NOT NULL, sequence INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS rk_line_by_account ON rk_line (account, sequence);
CREATE TABLE IF NOT EXISTS rk_session (
    nas TEXT NOT NULL, session TEXT NOT NULL, account TEXT NOT NULL, told INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (nas, session)
);
CREATE INDEX IF NOT EXISTS rk_session_by_account ON rk_session (account);
