-- Takes the next lines of a batch.
-- Law: -. Reads: campaign_batchline. Writes: batch_slice (temporary).
-- Plan: campaign_batchline_in_order.
-- Again: the same lines until the chunk is committed.
CREATE TEMPORARY TABLE batch_slice ON COMMIT DROP AS
SELECT line_id, position, line_version, false AS is_free FROM campaign_batchline
 WHERE batch_id = %(batch_id)s AND position > %(after)s AND position <= %(upto)s;
ANALYZE batch_slice
