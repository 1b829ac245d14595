-- Uses up an invitation; ends those that were not used.
-- Law: art. 11 (only who must, may). Reads: access_invitation, access_staff. Writes: access_invitation.
-- Plan: one row by account. Again: CREATE OR REPLACE: the same; an invitation is used once.
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

-- For the step of an incident that signs everyone out: a worker can delete only unused invitations.
CREATE OR REPLACE FUNCTION access_end_invitations() RETURNS integer
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH ended AS (DELETE FROM access_invitation WHERE used_at IS NULL RETURNING 1)
    SELECT count(*)::integer FROM ended
$$;
REVOKE ALL ON FUNCTION access_end_invitations FROM PUBLIC;

-- The worker makes the code of an invitation that it is about to mail, but changes no invitation that was shown, sent or used.
CREATE OR REPLACE TRIGGER access_invitation_by_mail BEFORE UPDATE ON access_invitation
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker'
                       AND (OLD.sealed_to IS NULL OR OLD.sent_at IS NOT NULL OR OLD.used_at IS NOT NULL
                            OR NEW.sealed_to IS NOT NULL AND NEW.sealed_to <> OLD.sealed_to))
    EXECUTE FUNCTION kernel_refuse('access_invitation_is_not_to_be_mailed', 'insufficient_privilege');
