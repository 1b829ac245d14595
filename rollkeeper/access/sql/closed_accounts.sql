-- Ends what could let someone into an account when it is closed: its sessions, sign-ins that wait for a second factor, its invitations.
-- When it is opened again, its roles count as new, whichever process opens it.
-- Law: art. 11 (only who must, may). Reads: -. Writes: django_session, access_invitation and access_rolegrant, by triggers on access_staff.
-- Plan: django_session_of_staff and access_invitation_by_staff; a few rows an account. Again: CREATE OR REPLACE: the same triggers.
-- A closed account lets no one in. But each request would prolong a thief's session, which would work again once the account is reopened.
CREATE OR REPLACE FUNCTION access_end_entrances() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    DELETE FROM django_session WHERE staff_id = NEW.staff_id;
    DELETE FROM access_invitation WHERE staff_id = NEW.staff_id AND used_at IS NULL;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION access_end_entrances FROM PUBLIC;

CREATE OR REPLACE TRIGGER access_account_closed AFTER UPDATE OF is_active ON access_staff
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION access_end_entrances();

CREATE OR REPLACE FUNCTION access_renew_roles() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_rolegrant SET granted_at = clock_timestamp(), notified_at = NULL WHERE staff_id = NEW.staff_id AND until IS NULL;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION access_renew_roles FROM PUBLIC;

CREATE OR REPLACE TRIGGER access_account_reopened AFTER UPDATE OF is_active ON access_staff
    FOR EACH ROW WHEN (NEW.is_active AND NOT OLD.is_active) EXECUTE FUNCTION access_renew_roles();
