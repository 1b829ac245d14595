-- Takes from the list the lines that `track_line_changes.sql` recorded since the last nightly run, each line once.
-- Law: -. Reads: campaign_linechange. Writes: campaign_linechange (emptied), drained_line (temporary).
-- Plan: one row for each change, in the order of the lines, so that neighbours in a table are read together.
-- Again: no rows, or those recorded since then; a nightly run that fails leaves all of them in the list.
CREATE TEMPORARY TABLE drained_line ON COMMIT DROP AS
WITH gone AS (DELETE FROM campaign_linechange RETURNING line_id)
SELECT DISTINCT line_id FROM gone ORDER BY line_id
