-- Notes when an app changed the password or a second factor of an account, so that the vault does not rely on it at once.
-- Law: art. 11 (no one can access everyone). Reads: -. Writes: access_factorchange, by triggers on access_staff and mfa_authenticator.
-- Plan: one row an account (recovery codes are used up: no change). Again: CREATE OR REPLACE: the same triggers.
-- An attacker who controls the back office can give any account another password and authenticator. Until the time of
-- `access.approver_cooldown_hours` is over, these open nothing and sign no command; no app can write or remove the note.
CREATE OR REPLACE FUNCTION access_note_factor_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_row CONSTANT jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
BEGIN
    INSERT INTO access_factorchange (staff_id, changed_at)
    VALUES (coalesce(of_row ->> 'user_id', of_row ->> 'staff_id')::uuid, clock_timestamp())
        ON CONFLICT (staff_id) DO UPDATE SET changed_at = excluded.changed_at, notified_at = NULL;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION access_note_factor_change FROM PUBLIC;

CREATE OR REPLACE TRIGGER access_password_changed AFTER UPDATE OF password ON access_staff
    FOR EACH ROW WHEN (kernel_is_app() AND NEW.password IS DISTINCT FROM OLD.password) EXECUTE FUNCTION access_note_factor_change();
CREATE OR REPLACE TRIGGER access_factor_added AFTER INSERT ON mfa_authenticator
    FOR EACH ROW WHEN (kernel_is_app() AND NEW.type IN ('totp', 'webauthn')) EXECUTE FUNCTION access_note_factor_change();
CREATE OR REPLACE TRIGGER access_factor_changed AFTER UPDATE ON mfa_authenticator
    FOR EACH ROW WHEN (kernel_is_app() AND (NEW.user_id, NEW.type, NEW.data) IS DISTINCT FROM (OLD.user_id, OLD.type, OLD.data)
                       AND (NEW.type IN ('totp', 'webauthn') OR OLD.type IN ('totp', 'webauthn')))
    EXECUTE FUNCTION access_note_factor_change();
CREATE OR REPLACE TRIGGER access_factor_removed AFTER DELETE ON mfa_authenticator
    FOR EACH ROW WHEN (kernel_is_app() AND OLD.type IN ('totp', 'webauthn')) EXECUTE FUNCTION access_note_factor_change();
