-- As release 0.1.0 had it, for its migration alone: migration 0003 carries what replaced it.
-- Lets the planner of queries know how many members and notices there are, in the rights of this function's owner.
-- Law: -. Reads: campaign_member, notices_notice (a sample). Writes: their statistics. Plan: 30,000 rows of each.
-- Again: the same.
--
-- A campaign writes a row of each for a whole nation at once. Until the server came round by itself, the night that followed
-- was planned as if nothing were owed, and went through every notice for each who leaves.

CREATE OR REPLACE FUNCTION campaign_refresh_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    ANALYZE campaign_member, notices_notice;
END
$$;
