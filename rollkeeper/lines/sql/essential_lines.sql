-- Protects lines on which a lift, an alarm or a medical device depends: they cannot be suspended because they are not registered,
-- and no campaign can end them.
-- Law: art. 1. Reads: lines_line. Writes: triggers on lines_suspension, lines_line.
-- Plan: one join of the rows of the statement with lines_line_pkey; for ends the WHEN clause alone.
-- Again: CREATE OR REPLACE: the same triggers.
-- The services skip such lines; this holds for direct SQL too, from every role.
CREATE OR REPLACE FUNCTION lines_spare_essential() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM begun b JOIN lines_line l USING (line_id) WHERE l.is_essential AND b.reason = 'registration'
    ) THEN
        RAISE EXCEPTION 'lines_suspension_of_an_essential_line' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER lines_spare_essential AFTER INSERT ON lines_suspension
    REFERENCING NEW TABLE AS begun FOR EACH STATEMENT EXECUTE FUNCTION lines_spare_essential();
CREATE OR REPLACE TRIGGER lines_refuse_terminating_essential BEFORE UPDATE ON lines_line
    FOR EACH ROW
    WHEN (OLD.is_essential AND NEW.terminated_by = 'campaign' AND OLD.terminated_by IS DISTINCT FROM 'campaign')
    EXECUTE FUNCTION kernel_refuse('lines_line_essential_and_terminated_by_a_campaign', 'check_violation');

-- A worker may mark a line as essential but not remove the mark. Only a person at a counter may, or the erasure of a line that is over.
CREATE OR REPLACE TRIGGER lines_keep_essential BEFORE UPDATE OF is_essential ON lines_line
    FOR EACH ROW WHEN (OLD.is_essential AND NOT NEW.is_essential AND kernel_acting_role() IN ('worker', 'console')
                       AND NOT (NEW.state = 'released' AND NEW.erased_on IS NOT NULL))
    EXECUTE FUNCTION kernel_refuse('lines_line_no_longer_essential_by_worker', 'insufficient_privilege');
