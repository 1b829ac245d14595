-- Removes the lines recorded by `track_line_changes.sql` since the last nightly run from the list, each once.
-- Law: -. Reads: campaign_linechange. Writes: campaign_linechange (emptied), drained_line (temporary).
-- Plan: one row for each change, in the order of the lines, so that neighbours in a table are read together.
-- Again: no rows, or those noted since; a nightly run that breaks off leaves them all.
CREATE TEMPORARY TABLE drained_line ON COMMIT DROP AS
WITH gone AS (DELETE FROM campaign_linechange RETURNING line_id)
SELECT DISTINCT line_id FROM gone ORDER BY line_id
