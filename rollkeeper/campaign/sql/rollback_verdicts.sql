-- Decides which lines of a chunk are still in the state in which the batch left them; lines registered or terminated since then are
-- skipped.
-- Law: art. 1. Reads: batch_slice (temporary), lines_line, lines_suspension, lines_number.
-- Writes: slice_verdict (temporary).
-- Plan: primary keys by line (OFFSET 0 forbids to read all of them first).
-- Again: the same verdicts while the locks are held.
CREATE TEMPORARY TABLE slice_verdict ON COMMIT DROP AS
SELECT t.line_id, t.position, t.former, t.done_at, l.language, l.region, l.number_index,
       other.reason AS other_reason, other.reason IS NOT NULL AS stays_suspended,
       CASE %(action)s
           WHEN 'suspend' THEN l.state = 'suspended' AND EXISTS (
               SELECT FROM lines_suspension s
                WHERE s.line_id = t.line_id AND s.batch_id = %(batch_id)s AND s.restored_on IS NULL OFFSET 0)
               -- A line that was barred further since then is in another state: the further bar must be undone first.
               AND NOT EXISTS (
               SELECT FROM lines_suspension s
                WHERE s.line_id = t.line_id AND s.reason = 'registration' AND s.restored_on IS NULL AND s.step > %(step)s OFFSET 0)
           ELSE l.state = 'terminated' AND l.terminated_by = 'campaign' AND EXISTS (
               SELECT FROM (SELECT line_id, quarantined_until FROM lines_number
                             WHERE number_index = l.number_index OFFSET 0) n
                WHERE n.line_id = l.line_id AND (n.quarantined_until >= %(on)s OR l.is_disputed))
       END AS can_be_undone
  FROM batch_slice t JOIN lines_line l USING (line_id)
  LEFT JOIN LATERAL (
       SELECT s.reason FROM lines_suspension s
        WHERE s.line_id = t.line_id AND s.restored_on IS NULL
          AND (s.reason <> 'registration' OR %(action)s = 'suspend' AND s.step < %(step)s)
        ORDER BY s.reason = 'registration', s.reason = 'unpaid', s.reason LIMIT 1) other ON true
