-- Deletes which agent and account registered a line, and the marks of the copies, when an erasure reduces the ledger entry: the entry does
-- not say them any more either.
-- Law: art. 5 (erased means erased). Reads: the entries reduced. Writes: agents_registration, agents_imagefingerprint, agents_reverification.
-- Plan: primary keys. Again: CREATE OR REPLACE: the same trigger; nothing left to forget.
CREATE OR REPLACE FUNCTION agents_forget_registrations() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM agents_registration t WHERE t.entry_id = ANY (ARRAY(SELECT f.entry_id FROM former f));
    DELETE FROM agents_imagefingerprint k USING former f WHERE k.line_id = f.line_id AND k.entry_id = f.entry_id;
    DELETE FROM agents_reverification v USING former f WHERE v.line_id = f.line_id AND v.entry_id = f.entry_id;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION agents_forget_registrations FROM PUBLIC;
CREATE OR REPLACE TRIGGER agents_registrations_forgotten AFTER UPDATE ON ledger_entry
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION agents_forget_registrations();
