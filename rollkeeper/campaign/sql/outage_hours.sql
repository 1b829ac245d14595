-- Gathers every period in which a line had no service between two instants, with its cause and whether it is credited.
-- Law: art. 3 (suspended), art. 1 (a wrong is put right); charges by the pack.
-- Reads: lines_suspension, lines_line, lines_reconnection, campaign_batchline, campaign_batch, campaign_chunk, provisioning_command.
-- Writes: outage (temporary).
-- Plan: one pass over lines_suspension and over the lines of batches that ended; provisioning_command_pkey by line.
-- Again: the caller drops the table first.
-- A line counts as without service until the network has proved that it works again, not only until that was requested; of an
-- emergency reconnection, only the time that the network proved is subtracted. A terminated line is no longer counted: its contract
-- is over. Hours lost by an undone batch are refunded to the subscriber who lost them, even if the undo had nothing to restore
-- because the line was registered or its number reassigned. The same holds after a successful dispute, and for a registration at an
-- offline counter before the suspension.
CREATE TEMPORARY TABLE outage ON COMMIT DROP AS
WITH begun AS (
    SELECT s.line_id, s.reason AS cause, s.step, s.batch_id, s.begun_at AS off_from, s.restored_at,
           coalesce(b.outcome = 'undone' OR w.state = 'undone', false) OR s.was_wrongful
           OR coalesce(s.reason = 'registration' AND s.restored_on <= s.begun_on, false) AS credited,
           CASE WHEN l.state IN ('terminated', 'released') AND s.restored_at IS NULL
                THEN coalesce(e.done_at, (l.terminated_on + 1)::timestamp AT TIME ZONE %(zone)s) END AS over_at
      FROM lines_suspension s
      JOIN lines_line l USING (line_id)
      LEFT JOIN campaign_batchline b ON b.line_id = s.line_id AND b.batch_id = s.batch_id
      LEFT JOIN campaign_batch w ON w.batch_id = s.batch_id
      LEFT JOIN LATERAL (
           SELECT d.done_at FROM campaign_batchline d JOIN campaign_batch t USING (batch_id)
            WHERE d.line_id = s.line_id AND t.action = 'terminate' AND d.outcome = 'done' LIMIT 1) e ON true
     WHERE s.begun_at < %(until)s
    UNION ALL
    SELECT b.line_id, 'terminated', 1, b.batch_id, b.done_at, b.undone_at, true,
           (SELECT max(c.ran_at) FROM campaign_chunk c WHERE c.batch_id = b.batch_id)
      FROM campaign_batchline b JOIN campaign_batch t USING (batch_id)
     WHERE t.action = 'terminate' AND (b.outcome = 'undone' OR b.outcome = 'done' AND t.state = 'undone') AND b.done_at < %(until)s
), ended AS (
    SELECT g.*, CASE WHEN g.restored_at IS NULL THEN least(coalesce(g.over_at, %(now)s), %(now)s)
                     ELSE least(greatest(g.restored_at, back.at), %(now)s) END AS off_until
      FROM begun g
      LEFT JOIN LATERAL (
           SELECT CASE c.state WHEN 'confirmed' THEN c.read_back_at WHEN 'superseded' THEN g.restored_at ELSE %(now)s END AS at
             FROM provisioning_command c
            WHERE g.restored_at IS NOT NULL AND g.cause <> 'terminated' AND c.line_id = g.line_id AND c.kind = 'restore'
              AND c.reason <> 'temporary_reconnection' AND c.requested_at >= g.restored_at - interval '1 minute'
            ORDER BY c.position LIMIT 1) back ON true
)
SELECT e.line_id, e.cause, e.batch_id, lower(part) AS off_from, upper(part) AS off_until, e.credited
  FROM ended e
  LEFT JOIN LATERAL (
       SELECT tstzmultirange(tstzrange(c.read_back_at, f.ends_at)) AS hours
         FROM lines_reconnection f JOIN provisioning_command c USING (line_id)
        WHERE f.line_id = e.line_id AND e.cause = 'registration' AND c.kind = 'restore' AND c.reason = 'temporary_reconnection'
          AND c.state = 'confirmed' AND c.read_back_at < f.ends_at LIMIT 1) given ON true
  LEFT JOIN LATERAL (
       -- An hour under several steps of one suspension counts once, for the latest step.
       SELECT range_agg(tstzrange(n.begun_at, coalesce(n.restored_at, 'infinity'))) AS hours
         FROM lines_suspension n
        WHERE n.line_id = e.line_id AND n.reason = e.cause AND n.step > e.step AND n.begun_at >= e.off_from) further ON true
 CROSS JOIN LATERAL unnest(
       tstzmultirange(tstzrange(greatest(e.off_from, %(since)s), least(e.off_until, %(until)s))) - coalesce(given.hours, '{}') - coalesce(further.hours, '{}')) AS part
 WHERE greatest(e.off_from, %(since)s) < least(e.off_until, %(until)s)
