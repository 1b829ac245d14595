-- Uses up an invitation, and notes when a password or a second factor was changed by an app.
-- Law: art. 11 (only who must, may). Reads: access_invitation. Writes: access_invitation; two triggers that write access_staff.
-- Plan: one row by account. Again: CREATE OR REPLACE: the same; an invitation is used once.
-- The back office sets passwords and second factors, so it must not say when that was: an administrator whose factors are new makes no
-- accounts for some hours (access/invitations.py).
CREATE OR REPLACE FUNCTION access_use_invitation(whose uuid, mark bytea) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH used AS (
        UPDATE access_invitation SET used_at = clock_timestamp(), sealed_to = NULL
         WHERE staff_id = whose AND code_mark = mark AND used_at IS NULL
           AND coded_at > clock_timestamp() - interval '3 days'
           AND EXISTS (SELECT FROM access_staff s WHERE s.staff_id = whose AND s.is_active)
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM used)
$$;

CREATE OR REPLACE FUNCTION access_mark_password() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.secured_at := clock_timestamp();
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER access_staff_secured BEFORE UPDATE OF password ON access_staff
    FOR EACH ROW WHEN (kernel_is_app()) EXECUTE FUNCTION access_mark_password();

CREATE OR REPLACE FUNCTION access_mark_factor() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_staff SET secured_at = clock_timestamp()
     WHERE staff_id IN (CASE WHEN TG_OP <> 'DELETE' THEN NEW.user_id END, CASE WHEN TG_OP <> 'INSERT' THEN OLD.user_id END);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER access_factor_dated AFTER INSERT OR DELETE OR UPDATE OF data, type, user_id ON mfa_authenticator
    FOR EACH ROW WHEN (kernel_is_app()) EXECUTE FUNCTION access_mark_factor();
