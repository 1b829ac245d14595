-- Requests at once a restore and a later bar for a line that gets its temporary reconnection.
-- Law: the pack's temporary_reconnection. Reads: lines_suspension. Writes: provisioning_command (by a trigger on lines_reconnection).
-- Plan: two inserts a lift. Again: CREATE OR REPLACE: the same trigger; lines_reconnection holds a line once.
-- Both are requested in the reconnection's own statement, so that no reconnection stays open by mistake. The second waits for its
-- time and supersedes nothing before; a registration meanwhile requests a restore that supersedes it. Runs with its owner's
-- rights: the back office may give the hours and no other command to the network.
CREATE OR REPLACE FUNCTION provisioning_temporary_reconnection() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM lines_suspension s
         WHERE s.line_id = NEW.line_id AND s.reason = 'registration' AND s.restored_on IS NULL
    ) THEN
        -- At the end of the hours it would be barred, though nothing had taken its service.
        RAISE EXCEPTION 'lines_reconnection_of_a_line_not_suspended' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO provisioning_command (line_id, kind, reason, requested_at)
    VALUES (NEW.line_id, 'restore', 'temporary_reconnection', NEW.reconnected_at);
    INSERT INTO provisioning_command (line_id, kind, reason, requested_at, next_try_at)
    VALUES (NEW.line_id, 'bar', 'registration', NEW.reconnected_at, NEW.ends_at);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER provisioning_temporary_reconnection AFTER INSERT ON lines_reconnection
    FOR EACH ROW EXECUTE FUNCTION provisioning_temporary_reconnection();
