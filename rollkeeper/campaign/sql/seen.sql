-- Takes the lines that `watch.sql` noted since the last sweep off the list, each once.
-- Law: -. Reads: campaign_changed. Writes: campaign_changed (emptied), campaign_seen (temporary).
-- Plan: as many rows as there were changes.
-- Again: no rows, or those noted since; a sweep that breaks off leaves them all.
CREATE TEMPORARY TABLE campaign_seen ON COMMIT DROP AS
WITH gone AS (DELETE FROM campaign_changed RETURNING line_id)
SELECT DISTINCT line_id FROM gone
