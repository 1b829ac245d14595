-- Notes, for each statement that appends entries, their number and a sum over their bodies, for the integrator to compare.
-- Law: art. 11 (who acted must stay visible).
-- Reads: the new rows. Writes: one function and one trigger on ledger_entry; by it ledger_appended.
-- Plan: one row a statement, which the integrator removes; 20 microseconds (2 busy cores, 2026-11-28).
-- Again: CREATE OR REPLACE: the same trigger.
-- A rollback removes the note too, so that the entry numbers that it used up are no gap. The note has no protection against the owner
-- of the tables, who can remove it with the entries, unnoticed, within the seconds until they have leaves.

CREATE OR REPLACE FUNCTION ledger_note_appended() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO ledger_appended (first_entry, entries, bodies, day)
    SELECT min(entry_id), count(*), sum(hashtextextended(body, 0)), min(day) FROM appended HAVING count(*) > 0;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER ledger_entry_note_appended AFTER INSERT ON ledger_entry
    REFERENCING NEW TABLE AS appended FOR EACH STATEMENT EXECUTE FUNCTION ledger_note_appended();
