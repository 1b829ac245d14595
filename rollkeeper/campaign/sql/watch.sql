-- Notes lines that were told, registered, ended, or are no longer registered or protected, so that the sweep looks at them and
-- at nobody else.
-- Law: art. 3 (the clock starts at proof of notice; registering ends it).
-- And those that were paused: with some of these a suspension is lifted without a registration (whose holder was accepted for a time
-- without a document, or had declared a hardship before the house heard of it).
-- Reads: -. Writes: campaign_changed.
-- Plan: fires only for the rows named in WHEN, and for every pause: one insert.
-- Again: CREATE OR REPLACE: the same triggers.
--
-- It does not ask whether the line is a member. While a campaign is being planned nobody can see yet who is one, and whoever
-- registered in those minutes stood among the unreached for ever. The night passes over who is none.
-- Runs with its owner's rights: the counter registers people and has no business with the tables of campaigns.
CREATE OR REPLACE FUNCTION campaign_note_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO campaign_changed (line_id) VALUES (NEW.line_id);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER campaign_watch_line AFTER UPDATE OF is_registered, ended_by, is_protected ON lines_line
    FOR EACH ROW
    WHEN (NEW.is_registered <> OLD.is_registered
          OR (NEW.ended_by = 'subscriber' AND OLD.ended_by IS NULL AND NOT NEW.is_registered)
          OR (OLD.is_protected AND NOT NEW.is_protected))
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
    EXECUTE FUNCTION campaign_note_change();
