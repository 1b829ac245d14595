-- Refuses commands of a batch, and other commands for a missing registration, that would cut a line on which a lift, an alarm or a medical
-- device depends.
-- Law: art. 1. Reads: lines_line. Writes: triggers on provisioning_command.
-- Plan: one join of the rows of the statement with lines_line_pkey. Not measured by itself.
-- Again: CREATE OR REPLACE: the same trigger.
-- The services skip such lines; this holds for direct SQL too, from every role.
CREATE OR REPLACE FUNCTION provisioning_exempt_essential_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM asked a JOIN lines_line l USING (line_id)
         WHERE l.is_essential AND a.kind IN ('bar', 'terminate') AND (a.batch_id IS NOT NULL OR a.reason = 'registration')
    ) THEN
        RAISE EXCEPTION 'provisioning_command_cuts_a_protected_line' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER provisioning_exempt_essential_lines AFTER INSERT ON provisioning_command
    REFERENCING NEW TABLE AS asked FOR EACH STATEMENT EXECUTE FUNCTION provisioning_exempt_essential_lines();
