-- Asks the network to restore a line at once and to bar it again at the end, whenever somebody gives it its hours.
-- Law: the pack's emergency_lift. Reads: lines_suspension. Writes: network_command (by a trigger on lines_lift).
-- Plan: two inserts a lift. Again: CREATE OR REPLACE: the same trigger; lines_lift holds a line once.
--
-- Both are asked for in the lift's own statement, so that no lift stays open because somebody forgot to end it. The second
-- waits for its time and overtakes nobody before it; whoever registers meanwhile asks for a restore that overtakes it.
-- Runs with its owner's rights: the office may give the hours and may tell the network nothing else.
CREATE OR REPLACE FUNCTION network_lift_for_hours() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM lines_suspension s
         WHERE s.line_id = NEW.line_id AND s.reason = 'registration' AND s.lifted_on IS NULL
    ) THEN
        -- At the end of the hours it would be barred, though nothing had taken its service.
        RAISE EXCEPTION 'lines_lift_of_a_line_that_is_not_suspended' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO network_command (line_id, kind, reason, asked_at)
    VALUES (NEW.line_id, 'restore', 'emergency_lift', NEW.lifted_at);
    INSERT INTO network_command (line_id, kind, reason, asked_at, next_try_at)
    VALUES (NEW.line_id, 'bar', 'registration', NEW.lifted_at, NEW.ends_at);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER network_lift_for_hours AFTER INSERT ON lines_lift
    FOR EACH ROW EXECUTE FUNCTION network_lift_for_hours();
