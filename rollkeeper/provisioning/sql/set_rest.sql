-- Notes days on which no line is barred or ended: a stay's, under the stay's reference.
-- Law: art. 1. Reads: -. Writes: provisioning_closedday. Plan: one row. Again: CREATE OR REPLACE; the same row.
-- No app may execute it: it is called by a trigger that runs with its owner's rights.
CREATE OR REPLACE FUNCTION network_set_rest(of_stay uuid, on_days daterange)
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO provisioning_closedday (closed_day_id, days) VALUES (of_stay, on_days)
        ON CONFLICT (closed_day_id) DO UPDATE SET days = excluded.days
$$;
REVOKE ALL ON FUNCTION network_set_rest FROM PUBLIC
