-- Forgets with a person's last record that they were under threat, and which language they spoke.
-- Law: art. 5 (erased means erased). Reads: vault_sealed. Writes: subscribers_subscriber, the row that says that they are erased.
-- Plan: vault_sealed_pkey by person, for who was protected or named a language. Again: CREATE OR REPLACE: the same trigger.
-- If anything of a person is left, they stay protected: an attacker with a worker's session cannot end that by marking them as erased.
CREATE OR REPLACE FUNCTION subscribers_forget_protection() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM vault_sealed v WHERE v.person_id = NEW.person_id) THEN
        NEW.is_protected := false;
        NEW.language := NULL;
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION subscribers_forget_protection FROM PUBLIC;
CREATE OR REPLACE TRIGGER subscribers_protection_forgotten BEFORE UPDATE OF erased_on ON subscribers_subscriber
    FOR EACH ROW WHEN (NEW.erased_on IS NOT NULL AND OLD.erased_on IS NULL AND (NEW.is_protected OR NEW.language IS NOT NULL))
    EXECUTE FUNCTION subscribers_forget_protection();
