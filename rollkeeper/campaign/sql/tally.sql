-- Keeps campaign_tally and campaign_regiontally in step with campaign_member: each statement records what it added to and removed
-- from each group.
-- Law: -. Reads: the rows that the statement changed. Writes: campaign_tally, campaign_regiontally.
-- Plan: an aggregate over the changed rows for each tally; no index, and no statement waits for a row of a tally.
-- Again: CREATE OR REPLACE: the same triggers.
CREATE OR REPLACE FUNCTION campaign_tally_added() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign_tally (campaign_id, stage, step, notified_by, next_check_on, lines)
    SELECT campaign_id, stage, step, notified_by, next_check_on, count(*) FROM added GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO campaign_regiontally (campaign_id, region, stage, lines)
    SELECT campaign_id, region, stage, count(*) FROM added GROUP BY 1, 2, 3;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION campaign_tally_taken() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO campaign_tally (campaign_id, stage, step, notified_by, next_check_on, lines)
    SELECT campaign_id, stage, step, notified_by, next_check_on, -count(*) FROM taken GROUP BY 1, 2, 3, 4, 5;
    INSERT INTO campaign_regiontally (campaign_id, region, stage, lines)
    SELECT campaign_id, region, stage, -count(*) FROM taken GROUP BY 1, 2, 3;
    RETURN NULL;
END
$$;

-- Reads each changed row once for both tallies, since both are sums of the same few groups.
CREATE OR REPLACE FUNCTION campaign_tally_moved() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    WITH moved AS MATERIALIZED (
        SELECT campaign_id, stage, step, notified_by, next_check_on, region, sum(change) AS change
          FROM (SELECT campaign_id, stage, step, notified_by, next_check_on, region, count(*) AS change
                  FROM added GROUP BY 1, 2, 3, 4, 5, 6
                UNION ALL
                SELECT campaign_id, stage, step, notified_by, next_check_on, region, -count(*)
                  FROM taken GROUP BY 1, 2, 3, 4, 5, 6)
         GROUP BY 1, 2, 3, 4, 5, 6
    ), of_stages AS (
        INSERT INTO campaign_tally (campaign_id, stage, step, notified_by, next_check_on, lines)
        SELECT campaign_id, stage, step, notified_by, next_check_on, sum(change)
          FROM moved GROUP BY 1, 2, 3, 4, 5 HAVING sum(change) <> 0
    )
    INSERT INTO campaign_regiontally (campaign_id, region, stage, lines)
    SELECT campaign_id, region, stage, sum(change) FROM moved GROUP BY 1, 2, 3 HAVING sum(change) <> 0;
    RETURN NULL;
END
$$;

CREATE OR REPLACE TRIGGER campaign_member_added AFTER INSERT ON campaign_member
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION campaign_tally_added();
CREATE OR REPLACE TRIGGER campaign_member_taken AFTER DELETE ON campaign_member
    REFERENCING OLD TABLE AS taken FOR EACH STATEMENT EXECUTE FUNCTION campaign_tally_taken();
CREATE OR REPLACE TRIGGER campaign_member_moved AFTER UPDATE ON campaign_member
    REFERENCING OLD TABLE AS taken NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION campaign_tally_moved();
