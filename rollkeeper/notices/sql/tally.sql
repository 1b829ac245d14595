-- Keeps notices_tally in step with notices and attempts: each statement records what it added to and removed from each group.
-- Law: art. 3 (who was notified and who was not). Reads: the rows that the statement changed.
-- Writes: notices_tally.
-- Plan: one aggregate over the changed rows; no index, no row of the tally is ever waited for.
-- Again: CREATE OR REPLACE: the same triggers.
--
-- Runs with its owner's rights: the counter queues notices, but has no right to the tally.
CREATE OR REPLACE FUNCTION notices_notice_tally_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
    SELECT 'notice', campaign_id, kind, state, channel, count(*) FROM added GROUP BY 2, 3, 4, 5;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION notices_notice_tally_taken() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
    SELECT 'notice', campaign_id, kind, state, channel, -count(*) FROM taken GROUP BY 2, 3, 4, 5;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION notices_notice_tally_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
    SELECT 'notice', campaign_id, category, status, last_channel, sum(change)
      FROM (SELECT campaign_id, kind, state, channel, count(*) FROM added GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT campaign_id, kind, state, channel, -count(*) FROM taken GROUP BY 1, 2, 3, 4) AS moved (campaign_id, category, status, last_channel, change)
     GROUP BY 2, 3, 4, 5
    HAVING sum(change) <> 0;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER notices_notice_added AFTER INSERT ON notices_notice
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION notices_notice_tally_added();
CREATE OR REPLACE TRIGGER notices_notice_taken AFTER DELETE ON notices_notice
    REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION notices_notice_tally_taken();
CREATE OR REPLACE TRIGGER notices_notice_moved AFTER UPDATE ON notices_notice
    REFERENCING OLD TABLE AS taken NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION notices_notice_tally_moved();

CREATE OR REPLACE FUNCTION notices_attempt_tally_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
    SELECT 'attempt', NULL::uuid, channel, outcome, NULL::text, count(*) FROM added GROUP BY 2, 3, 4, 5;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION notices_attempt_tally_taken() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
    SELECT 'attempt', NULL::uuid, channel, outcome, NULL::text, -count(*) FROM taken GROUP BY 2, 3, 4, 5;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION notices_attempt_tally_moved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO notices_tally (subject, campaign_id, category, status, last_channel, change)
    SELECT 'attempt', campaign_id, category, status, last_channel, sum(change)
      FROM (SELECT NULL::uuid, channel, outcome, NULL::text, count(*) FROM added GROUP BY 1, 2, 3, 4
            UNION ALL
            SELECT NULL::uuid, channel, outcome, NULL::text, -count(*) FROM taken GROUP BY 1, 2, 3, 4) AS moved (campaign_id, category, status, last_channel, change)
     GROUP BY 2, 3, 4, 5
    HAVING sum(change) <> 0;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER notices_attempt_added AFTER INSERT ON notices_attempt
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION notices_attempt_tally_added();
CREATE OR REPLACE TRIGGER notices_attempt_taken AFTER DELETE ON notices_attempt
    REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION notices_attempt_tally_taken();
CREATE OR REPLACE TRIGGER notices_attempt_moved AFTER UPDATE ON notices_attempt
    REFERENCING OLD TABLE AS taken NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION notices_attempt_tally_moved();
