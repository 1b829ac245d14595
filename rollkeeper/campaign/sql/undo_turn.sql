-- Takes the next lines of a batch that were acted on.
-- Law: art. 1 (a wrong is put right). Reads: campaign_batchline. Writes: campaign_turn (temporary).
-- Plan: campaign_batchline_in_order.
-- Again: lines already undone are left out.
CREATE TEMPORARY TABLE campaign_turn ON COMMIT DROP AS
SELECT line_id, position, former, done_at FROM campaign_batchline
 WHERE batch_id = %(batch_id)s AND position > %(after)s AND outcome = 'done'
 ORDER BY position LIMIT %(chunk)s;
ANALYZE campaign_turn
