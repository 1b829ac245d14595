-- Takes the next lines of a batch and locks those that nobody else is at work on.
-- Law: art. 3 (who registers one minute before is never cut: both lock the line first).
-- Reads: campaign_batchline, lines_line. Writes: row locks, campaign_turn (temporary).
-- Plan: campaign_batchline_in_order, lines_line_pkey. Never waits for a line.
-- Again: the same lines until the chunk is committed.
CREATE TEMPORARY TABLE campaign_turn ON COMMIT DROP AS
WITH next AS MATERIALIZED (
    SELECT line_id, position, line_version FROM campaign_batchline
     WHERE batch_id = %(batch_id)s AND position > %(after)s AND position <= %(upto)s
), locked AS MATERIALIZED (
    SELECT l.line_id FROM lines_line l WHERE l.line_id IN (SELECT line_id FROM next) FOR UPDATE SKIP LOCKED
)
SELECT next.*, locked.line_id IS NOT NULL AS is_free FROM next LEFT JOIN locked USING (line_id)
