-- Refuses an approval of an offline registration by its submitter, from every role.
-- Law: art. 11. Reads: offline_registration, offline_ticket. Writes: a trigger on access_approval. Plan: offline_registration_subject, one row.
-- Again: CREATE OR REPLACE: the same trigger.
CREATE OR REPLACE FUNCTION offline_refuse_own_approval() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM offline_registration c LEFT JOIN offline_ticket t USING (ticket_id)
                WHERE c.registration_id = NEW.subject AND NEW.staff_id IN (c.submitted_by, t.staff_id)) THEN
        RAISE EXCEPTION 'offline_registration_approved_by_its_submitter' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER offline_own_approval BEFORE INSERT ON access_approval
    FOR EACH ROW WHEN (NEW.permission = 'approve_action') EXECUTE FUNCTION offline_refuse_own_approval();
