-- Notes the service of a command's line with the command, so that commands for one element are found without commands for others.
-- Law: -. Reads: lines_line. Writes: a trigger on provisioning_command. Plan: one probe of the primary key a row. Again: CREATE OR
-- REPLACE. Runs with its owner's rights: no role chooses the element itself. Of a line that is gone: empty.
CREATE OR REPLACE FUNCTION provisioning_note_service() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.service := coalesce((SELECT service FROM lines_line WHERE line_id = NEW.line_id), '');
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION provisioning_note_service FROM PUBLIC;

CREATE OR REPLACE TRIGGER provisioning_note_service BEFORE INSERT ON provisioning_command
    FOR EACH ROW EXECUTE FUNCTION provisioning_note_service();
