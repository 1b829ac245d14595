-- Shows batches with what they did and who approved them.
-- Law: -. Reads: campaign_batch, campaign_chunk, campaign_approval, access_staff. Writes: -.
-- Plan: a row a batch and a row a chunk; lines are not counted.
-- Again: the same rows.
SELECT b.*,
       coalesce(c.done, 0) AS done, coalesce(c.undone, 0) AS undone,
       coalesce((SELECT jsonb_object_agg(reason, lines)
                   FROM (SELECT p.key AS reason, sum(p.value::integer) AS lines
                           FROM campaign_chunk k, jsonb_each_text(k.passed_over) p
                          WHERE k.batch_id = b.batch_id GROUP BY p.key) counted), '{}') AS passed_over,
       coalesce((SELECT jsonb_agg(jsonb_build_array(s.username, a.approved_at) ORDER BY a.approved_at)
                   FROM campaign_approval a JOIN access_staff s USING (staff_id)
                  WHERE a.batch_id = b.batch_id), '[]') AS approvals
  FROM campaign_batch b
  LEFT JOIN (SELECT batch_id, sum(done)::integer AS done, sum(undone)::integer AS undone
               FROM campaign_chunk GROUP BY batch_id) c USING (batch_id)
 WHERE %(batch_id)s::uuid IS NULL OR b.batch_id = %(batch_id)s::uuid
 ORDER BY b.drawn_up_at DESC, b.batch_id
