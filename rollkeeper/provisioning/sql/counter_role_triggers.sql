-- Lets the counter's role request from the network only what the register says of the line by then.
-- Law: art. 3 (a line loses service only by an approved batch). Reads: lines_line, lines_suspension.
-- Writes: a trigger on provisioning_command. Plan: fires for the counter's role alone; primary keys by line.
-- Again: CREATE OR REPLACE: the same trigger.
-- lines/sql/counter_role_triggers.sql says what the role may change in the register. So it restores lines, bars them again for a reason
-- that was open before, and terminates lines whose subscriber asked for it.
CREATE OR REPLACE FUNCTION provisioning_follow_register() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF NEW.batch_id IS NULL AND EXISTS (
        SELECT FROM lines_line l
         WHERE l.line_id = NEW.line_id
           AND CASE NEW.kind
                   WHEN 'restore' THEN l.state = 'active'
                   WHEN 'bar' THEN l.state = 'suspended' AND NEW.reason <> 'registration' AND EXISTS (
                       SELECT FROM lines_suspension s
                        WHERE s.line_id = l.line_id AND s.reason = NEW.reason AND s.restored_on IS NULL)
                   WHEN 'terminate' THEN l.state = 'terminated' AND l.terminated_by = 'subscriber'
               END
    ) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'provisioning_command_of_a_counter_against_the_register' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER provisioning_counter_role AFTER INSERT ON provisioning_command
    FOR EACH ROW WHEN (current_user = 'counter') EXECUTE FUNCTION provisioning_follow_register();
