-- Refuses commands by the worker's or the console's role that end or bar in the network a line that is in service in the register.
-- Law: art. 3 (emergency calls excepted). Reads: lines_line. Writes: a trigger on provisioning_command.
-- Plan: one join of the rows of the statement with lines_line_pkey. Again: CREATE OR REPLACE: the same trigger.
-- Its search path is set, since a worker makes temporary tables: a temporary table with a table's name would be read in its place.
CREATE OR REPLACE FUNCTION provisioning_terminate_only_terminated() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM asked a JOIN lines_line l USING (line_id) WHERE a.kind = 'terminate' AND l.state NOT IN ('terminated', 'released')
    ) THEN
        RAISE EXCEPTION 'provisioning_command_ends_a_line_that_lives' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM asked a JOIN lines_line l USING (line_id) WHERE a.kind = 'bar' AND l.state = 'active') THEN
        RAISE EXCEPTION 'provisioning_command_bars_a_line_in_service' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER provisioning_terminate_only_terminated AFTER INSERT ON provisioning_command
    REFERENCING NEW TABLE AS asked FOR EACH STATEMENT WHEN (current_user IN ('worker', 'console'))
    EXECUTE FUNCTION provisioning_terminate_only_terminated();
