-- Forgets the entry by which two references became one person when an erasure reduces that entry: the remaining one would lead to it.
-- Law: art. 5 (erased means erased). Reads: the entries reduced. Writes: subscribers_personlink.
-- Plan: one pass over the few people with several documents, if such an entry is among those reduced. Again: CREATE OR REPLACE: the same trigger.
CREATE OR REPLACE FUNCTION subscribers_forget_link_entries() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    gone CONSTANT bigint[] := ARRAY(SELECT f.entry_id FROM former f WHERE f.verb = 'line:document:linked');
BEGIN
    IF cardinality(gone) > 0 THEN
        UPDATE subscribers_personlink SET entry_id = NULL WHERE entry_id = ANY (gone);
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION subscribers_forget_link_entries FROM PUBLIC;
CREATE OR REPLACE TRIGGER subscribers_link_entries_forgotten AFTER UPDATE ON ledger_entry
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION subscribers_forget_link_entries();
