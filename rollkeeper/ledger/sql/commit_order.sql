-- Notes on each entry the transaction that wrote it, so that entries can be put in an order that is final.
-- Law: art. 11.
-- Reads: nothing. Writes: columns that Django cannot name, an index, how tiles are stored.
-- Plan: the index serves ledger/sql/integrate.sql; it grows at its right edge only.
-- Again: once, by the first migration.

ALTER TABLE ledger_entry ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
CREATE INDEX ledger_entry_by_commit ON ledger_entry (xid, entry_id);
ALTER TABLE ledger_appended ADD COLUMN xid xid8 NOT NULL DEFAULT pg_current_xact_id();
ALTER TABLE ledger_integration ADD COLUMN through_xid xid8 NOT NULL;
-- The first step takes nothing; it notes in which cluster the table was made.
INSERT INTO ledger_integration (size, through_xid, through_entry, floor_entry, cluster)
SELECT 0, '0', 0, 0, system_identifier FROM pg_control_system();
-- Hashes do not compress.
ALTER TABLE ledger_tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
ALTER TABLE ledger_tile
    ADD CONSTRAINT ledger_tile_width CHECK (length(hashes) = 8192 AND length(root) = 32);
ALTER TABLE ledger_leaf ADD CONSTRAINT ledger_leaf_hash_length CHECK (length(leaf_hash) = 32 AND length(root) = 32);
-- No entry is longer than this, and no receipt with a longer one could be handed out.
ALTER TABLE ledger_entry ADD CONSTRAINT ledger_entry_max_length CHECK (octet_length(body) <= 65535);
