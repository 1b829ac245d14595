-- Takes the next lines of a batch that were acted on.
-- Law: art. 1 (a wrong is put right). Reads: campaign_batchline. Writes: batch_slice (temporary).
-- Plan: campaign_batchline_in_order.
-- Again: lines already undone are left out.
CREATE TEMPORARY TABLE batch_slice ON COMMIT DROP AS
SELECT line_id, position, former, done_at FROM campaign_batchline
 WHERE batch_id = %(batch_id)s AND position > %(after)s AND outcome = 'done'
 ORDER BY position LIMIT %(chunk)s;
ANALYZE batch_slice
