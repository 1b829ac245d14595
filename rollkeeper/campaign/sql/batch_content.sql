-- Hashes what people approve of a batch: the action, its day, the law, its brakes, and each line with the version that they approve.
-- Law: art. 3. Reads: campaign_batch, campaign_batchline. Writes: -.
-- Plan: one pass over the lines of the batch: 10^5 in 0.03 s, 10^6 in 0.37 s (two cores, nothing else at work, 2026-11-25).
-- Again: the same hash; the outcome of each line is not part of it.
--
-- SHA-256 over the text of the row, a zero byte, and SHA-256 of each 4096 lines in order: line_id (16 bytes), version (8 bytes).
CREATE OR REPLACE FUNCTION campaign_batch_content(batch uuid) RETURNS text
LANGUAGE sql STABLE AS $$
SELECT encode(sha256(
           convert_to(concat_ws('|', b.batch_id, b.action, b.step, b.bars, b.due_on, b.pack_hash, b.line_count, b.max_lines_per_hour,
                                b.pilot_count), 'UTF8') || '\x00'::bytea || coalesce(lines.parts, ''::bytea)
       ), 'hex') AS content
  FROM campaign_batch b,
       LATERAL (SELECT string_agg(part, ''::bytea ORDER BY nr) AS parts
                  FROM (SELECT position / 4096 AS nr,
                               sha256(string_agg(uuid_send(line_id) || int8send(line_version), ''::bytea ORDER BY position)) AS part
                          FROM campaign_batchline WHERE batch_id = b.batch_id GROUP BY 1) hashed) lines
 WHERE b.batch_id = batch
$$;
