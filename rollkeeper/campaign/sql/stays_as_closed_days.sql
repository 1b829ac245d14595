-- As release 0.1.0 had it, for its migration alone: migration 0002 carries what replaced it.
-- Keeps provisioning's closed days equal to the stays: each bar or termination is checked against them when sent, so that none
-- slips through from a chunk that ran when the stay was entered, or from before a later stay.
-- Law: art. 1. Reads: campaign_stay. Writes: provisioning_closedday by network_set_rest. Plan: one row a stay. Again: CREATE OR
-- REPLACE: the same trigger. Runs with its owner's rights: a role that may enter a stay can send nothing else to the network.
CREATE OR REPLACE FUNCTION campaign_stay_to_closed_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM network_set_rest(NEW.stay_id, NEW.days);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER campaign_stay_to_closed_day AFTER INSERT OR UPDATE OF days ON campaign_stay
    FOR EACH ROW EXECUTE FUNCTION campaign_stay_to_closed_day();
