-- SPDX-License-Identifier: EUPL-1.2
-- The database of rollkeeper.cfg, made by Kamailio's user: sqlite3 /var/lib/kamailio/rollkeeper.sqlite < tables.sql
-- What each line was last ordered, and its number as long as no other line has it.
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS rk_order (
    line TEXT PRIMARY KEY, sequence BIGINT NOT NULL, state TEXT NOT NULL, number TEXT UNIQUE
) WITHOUT ROWID;
