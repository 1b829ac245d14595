-- SPDX-License-Identifier: EUPL-1.2
-- The database of rollkeeper.cfg: sqlite3 /var/lib/kamailio/rollkeeper.sqlite < tables.sql
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS version (table_name TEXT PRIMARY KEY, table_version INTEGER NOT NULL);
INSERT OR REPLACE INTO version VALUES ('rk_number', 2), ('rk_line', 2);
CREATE TABLE IF NOT EXISTS rk_number (
    id INTEGER, key_name TEXT PRIMARY KEY, key_type INTEGER NOT NULL, value_type INTEGER NOT NULL,
    key_value TEXT NOT NULL, expires INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS rk_line (
    id INTEGER, key_name TEXT PRIMARY KEY, key_type INTEGER NOT NULL, value_type INTEGER NOT NULL,
    key_value TEXT NOT NULL, expires INTEGER NOT NULL
);
