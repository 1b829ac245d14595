-- Records lines that were notified, registered, verified again, terminated, or are no longer registered or essential, so that the nightly run
-- checks only them.
-- Law: art. 3 (the clock starts at proof of notice; registering ends it). Also paused lines: some pauses end a suspension without a
-- registration (the subscriber was accepted for a time without a document, or a hardship from before the suspension was reported late).
-- Reads: -. Writes: campaign_linechange.
-- Plan: fires only for the rows named in WHEN, and for every pause: one insert.
-- Again: CREATE OR REPLACE: the same triggers.
-- The triggers do not check whether the line is a member. While a campaign is being planned, its members are not visible yet, and lines
-- registered in those minutes would otherwise stay among the unreachable ones forever. The nightly run skips lines that are not
-- members. The function runs with its owner's rights: the counter registers people and may not access the tables of campaigns.
CREATE OR REPLACE FUNCTION campaign_record_line_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO campaign_linechange (line_id) VALUES (NEW.line_id);
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER campaign_track_line AFTER UPDATE OF is_registered, must_reverify, terminated_by, is_essential ON lines_line
    FOR EACH ROW
    WHEN (NEW.is_registered <> OLD.is_registered OR (OLD.must_reverify AND NOT NEW.must_reverify)
          OR (NEW.terminated_by IN ('subscriber', 'import_undone') AND OLD.terminated_by IS NULL AND (NEW.must_reverify OR NOT NEW.is_registered))
          OR (OLD.is_essential AND NOT NEW.is_essential))
    EXECUTE FUNCTION campaign_record_line_change();
CREATE OR REPLACE TRIGGER campaign_track_notice AFTER UPDATE OF delivered_on ON notices_notice
    FOR EACH ROW
    WHEN (NEW.kind = 'register_by' AND NEW.delivered_on IS NOT NULL AND OLD.delivered_on IS NULL)
    EXECUTE FUNCTION campaign_record_line_change();
CREATE OR REPLACE TRIGGER campaign_track_new_notice AFTER INSERT ON notices_notice
    FOR EACH ROW
    WHEN (NEW.kind = 'register_by' AND NEW.delivered_on IS NOT NULL)
    EXECUTE FUNCTION campaign_record_line_change();
CREATE OR REPLACE TRIGGER campaign_track_pause AFTER INSERT ON lines_pause
    FOR EACH ROW
    EXECUTE FUNCTION campaign_record_line_change();
