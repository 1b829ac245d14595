-- Notes members that were told, registered or ended, so that the sweep looks at them and at nobody else.
-- Law: art. 3 (the clock starts at proof of notice; registering ends it).
-- And those whose holder was accepted for a time without a document: a suspension was lifted without a registration.
-- Reads: campaign_member. Writes: campaign_changed.
-- Plan: fires only for the rows named in WHEN; campaign_member_pkey by line, 0.01 ms.
-- Again: CREATE OR REPLACE: the same triggers.
--
-- Runs with its owner's rights: the counter registers people and has no business with the tables of campaigns.
CREATE OR REPLACE FUNCTION campaign_note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO campaign_changed (line_id)
    SELECT NEW.line_id WHERE EXISTS (SELECT FROM campaign_member m WHERE m.line_id = NEW.line_id);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER campaign_watch_line AFTER UPDATE OF is_registered, ended_by ON lines_line
    FOR EACH ROW
    WHEN ((NEW.is_registered AND NOT OLD.is_registered) OR (NEW.ended_by = 'subscriber' AND OLD.ended_by IS NULL))
    EXECUTE FUNCTION campaign_note_change();
CREATE OR REPLACE TRIGGER campaign_watch_proof AFTER UPDATE OF delivered_on ON notices_notice
    FOR EACH ROW
    WHEN (NEW.kind = 'register_by' AND NEW.delivered_on IS NOT NULL AND OLD.delivered_on IS NULL)
    EXECUTE FUNCTION campaign_note_change();
CREATE OR REPLACE TRIGGER campaign_watch_proof_at_once AFTER INSERT ON notices_notice
    FOR EACH ROW
    WHEN (NEW.kind = 'register_by' AND NEW.delivered_on IS NOT NULL)
    EXECUTE FUNCTION campaign_note_change();
CREATE OR REPLACE TRIGGER campaign_watch_accepted AFTER INSERT ON lines_pause
    FOR EACH ROW
    WHEN (NEW.reason = 'no_document')
    EXECUTE FUNCTION campaign_note_change();
