-- Keeps the network's days of rest in step with the stays: whoever pushes a bar or an end looks at them each time, so that none
-- slips through that was asked for by a chunk at work when the stay was entered, or before a stay that begins later.
-- Law: art. 1. Reads: campaign_stay. Writes: provisioning_closedday by network_set_rest. Plan: one row a stay. Again: CREATE OR REPLACE: the same trigger.
-- Runs with its owner's rights: whoever may enter a stay tells the network nothing else by it.
CREATE OR REPLACE FUNCTION campaign_stay_to_closed_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM network_set_rest(NEW.stay_id, NEW.days);
    RETURN NULL;
END
$$;
CREATE OR REPLACE TRIGGER campaign_stay_to_closed_day AFTER INSERT OR UPDATE OF days ON campaign_stay
    FOR EACH ROW EXECUTE FUNCTION campaign_stay_to_closed_day();
