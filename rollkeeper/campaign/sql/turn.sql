-- Takes the next lines of a batch.
-- Law: -. Reads: campaign_batchline. Writes: campaign_turn (temporary).
-- Plan: campaign_batchline_in_order.
-- Again: the same lines until the chunk is committed.
CREATE TEMPORARY TABLE campaign_turn ON COMMIT DROP AS
SELECT line_id, position, line_version, false AS is_free FROM campaign_batchline
 WHERE batch_id = %(batch_id)s AND position > %(after)s AND position <= %(upto)s;
ANALYZE campaign_turn
