-- Deletes an auditor's request to a subscriber when an erasure reduces its ledger entry: the request names a sample of twenty lines.
-- Law: art. 5 (erased means erased). Reads: the entries reduced. Writes: selfcare_consent.
-- Plan: primary keys. Again: CREATE OR REPLACE: the same trigger; nothing left to forget.
CREATE OR REPLACE FUNCTION selfcare_forget_consents() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM selfcare_consent c USING former f
     WHERE f.verb = 'selfcare:consent:requested' AND c.line_id = f.line_id
       AND c.consent_id = (f.body::jsonb #>> '{facts,consent}')::uuid;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION selfcare_forget_consents FROM PUBLIC;
CREATE OR REPLACE TRIGGER selfcare_consents_forgotten AFTER UPDATE ON ledger_entry
    REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION selfcare_forget_consents();
