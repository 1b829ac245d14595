-- Only the database sets when a role was granted; an ended role cannot be restored by changing its last day.
-- Law: art. 11. Reads: -. Writes: two triggers on access_rolegrant. Plan: a few rows a year.
-- Again: CREATE OR REPLACE: the same triggers.
CREATE OR REPLACE FUNCTION access_mark_grant() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.granted_at := clock_timestamp();
    NEW.notified_at := NULL;
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER access_mark_grant BEFORE INSERT ON access_rolegrant
    FOR EACH ROW WHEN (current_user <> 'migrator') EXECUTE FUNCTION access_mark_grant();
CREATE OR REPLACE TRIGGER access_grants_end_once BEFORE UPDATE OF until ON access_rolegrant
    FOR EACH ROW WHEN (current_user <> 'migrator' AND OLD.until IS NOT NULL AND (NEW.until IS NULL OR NEW.until > OLD.until))
    EXECUTE FUNCTION kernel_refuse('access_rolegrant_given_back_by_its_last_day', 'insufficient_privilege');
