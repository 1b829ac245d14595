-- Refuses every UPDATE, DELETE and TRUNCATE of the ledger's tables from every role, including their owner. The one exception is
-- the reduction of an erased entry, which has its own triggers (`reduce_entries.sql`).
-- Law: art. 11 (who acted must stay visible).
-- Reads: nothing. Writes: one function and a trigger on each table.
-- Plan: the trigger never fires in ordinary work; inserts do not pass through it.
-- Again: CREATE OR REPLACE: the same triggers.
-- The rights in `operations/sql/roles.sql` already deny this to every role. The trigger is a second protection against the owner,
-- who could grant the rights by mistake. It does not stop an owner who drops the trigger: the published tree detects that.

CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the ledger is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER ledger_entry_append_only BEFORE DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER ledger_leaf_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_leaf
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER ledger_tile_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_tile
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER ledger_checkpoint_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_checkpoint
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER ledger_integration_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_integration
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER ledger_publication_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_publication
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
CREATE OR REPLACE TRIGGER ledger_fault_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_fault
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_change();
