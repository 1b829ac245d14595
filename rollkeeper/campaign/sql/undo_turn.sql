-- Takes the next lines of a batch that were acted on and locks them, waiting for whoever is at work on one.
-- Law: art. 1 (a wrong is put right). Reads: campaign_batchline, lines_line. Writes: row locks, campaign_turn (temporary).
-- Plan: campaign_batchline_in_order, lines_line_pkey.
-- Again: lines already undone are left out.
CREATE TEMPORARY TABLE campaign_turn ON COMMIT DROP AS
WITH next AS MATERIALIZED (
    SELECT line_id, position, former, done_at FROM campaign_batchline
     WHERE batch_id = %(batch_id)s AND position > %(after)s AND outcome = 'done'
     ORDER BY position LIMIT %(chunk)s
), locked AS MATERIALIZED (
    SELECT l.line_id FROM lines_line l WHERE l.line_id IN (SELECT line_id FROM next) ORDER BY l.line_id FOR UPDATE
)
SELECT next.* FROM next JOIN locked USING (line_id)
