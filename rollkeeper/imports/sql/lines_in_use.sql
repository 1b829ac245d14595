-- Counts lines of a chunk to which something happened since they were imported: registered, changed, paused, notified of something.
-- Law: -. Reads: lines_line, lines_tenure, lines_pause, lines_legalhold, notices_notice, notices_attempt. Writes: -.
-- Plan: primary keys by line. Again: the same.
SELECT count(*) FILTER (WHERE
           l.version <> 1 OR l.state NOT IN ('active', 'suspended') OR l.is_disputed
           OR EXISTS (SELECT FROM lines_tenure h WHERE h.line_id = l.line_id AND (h.begun_by_entry IS NOT NULL OR NOT upper_inf(h.held)))
           OR EXISTS (SELECT FROM lines_pause p WHERE p.line_id = l.line_id)
           OR EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = l.line_id)) AS changed,
       count(*) FILTER (WHERE
           EXISTS (SELECT FROM notices_attempt a WHERE a.line_id = l.line_id)
           OR EXISTS (SELECT FROM notices_notice n WHERE n.line_id = l.line_id
                         AND (n.state NOT IN ('queued', 'withdrawn') OR n.claimed_by IS NOT NULL))) AS notified
  FROM lines_line l
 WHERE l.line_id = ANY (%(line_ids)s::uuid[])
