-- Ends what could let someone into an account when it is closed: its sessions, sign-ins that wait for a second factor, its invitations.
-- Law: art. 11 (only who must, may). Reads: -. Writes: django_session, access_invitation, by a trigger on access_staff.
-- Plan: django_session_of_staff and access_invitation_by_staff; a few rows an account. Again: CREATE OR REPLACE: the same trigger.
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
