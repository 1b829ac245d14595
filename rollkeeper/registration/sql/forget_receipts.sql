-- Forgets the receipts of entries that an erasure reduces: each names the line and the entry, and its key may be the operator's own
-- reference for a customer. After that, no line, entry or key leads to what was published about an erased person.
-- Law: art. 5 (erased means erased). Reads: the entries reduced. Writes: registration_submission. Plan: registration_submission_by_entry.
-- Again: CREATE OR REPLACE: the same trigger; nothing left to forget. A file that is registered again after the erasure is new.
CREATE OR REPLACE FUNCTION registration_forget_receipts() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM registration_submission s
     WHERE (s.receipt ->> 'entry')::bigint = ANY (ARRAY(SELECT f.entry_id FROM former f));
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION registration_forget_receipts FROM PUBLIC;
CREATE OR REPLACE TRIGGER registration_receipts_forgotten AFTER UPDATE ON ledger_entry
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION registration_forget_receipts();
