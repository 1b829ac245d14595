-- Shows batches with what they did and who approved them.
-- Law: -. Reads: campaign_batch, campaign_campaign, campaign_chunk, access_approval, access_staff. Writes: -.
-- Plan: a row a batch, a row a chunk of those shown; lines are not counted. Those that wait or run come first.
-- Again: the same rows.
WITH chosen AS MATERIALIZED (
    SELECT *, state IN ('waiting', 'approved', 'running', 'undo_requested') AS is_open FROM campaign_batch
     WHERE (%(batch_ids)s::uuid[] IS NULL OR batch_id = ANY (%(batch_ids)s::uuid[]))
       AND (%(due_on)s::date IS NULL OR due_on = %(due_on)s::date)
)
SELECT b.*, (SELECT g.campaign_name FROM campaign_campaign g WHERE g.campaign_id = b.campaign_id) AS campaign_name,
       (SELECT g.pack_id FROM campaign_campaign g WHERE g.campaign_id = b.campaign_id) AS pack_id,
       (SELECT s.username FROM access_staff s WHERE s.staff_id = b.prepared_by) AS prepared_by_name,
       coalesce(c.done, 0) AS done, coalesce(c.undone, 0) AS undone,
       coalesce((SELECT jsonb_object_agg(reason, lines)
                   FROM (SELECT p.key AS reason, sum(p.value::integer) AS lines
                           FROM campaign_chunk k, jsonb_each_text(k.skipped) p
                          WHERE k.batch_id = b.batch_id GROUP BY p.key) counted), '{}') AS skipped,
       coalesce((SELECT jsonb_agg(jsonb_build_array(s.username, a.approved_at) ORDER BY a.approved_at)
                   FROM access_approval a JOIN access_staff s USING (staff_id)
                  WHERE a.subject = b.batch_id AND a.permission = %(permission)s AND a.approves), '[]') AS approvals
  FROM chosen b
  LEFT JOIN LATERAL (SELECT sum(done)::integer AS done, sum(undone)::integer AS undone
                       FROM campaign_chunk k WHERE k.batch_id = b.batch_id) c ON true
 ORDER BY b.is_open DESC, b.prepared_at DESC, b.batch_id
