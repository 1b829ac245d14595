-- Counts by service, at the end of a day: the current lines; lines with a registered subscriber; lines without one that were put into
-- service since the law began; lines whose subscriber was recorded under the law without a document copy (a copy deleted when its time was
-- over counts as kept); and lines of campaigns, by whether their subscriber was told before the operator's own day.
-- Law: art. 3 (told before a day), 4 (a copy is kept; no service without identity), 13. Reads: lines_line, lines_tenure, vault_copy,
-- retention_erasure, campaign_member, notices_notice. Writes: -. Plan: one scan of the lines, one of the tenures, hash joins.
-- Again: the same, until records of that time are erased.
WITH held AS (
    SELECT h.line_id,
           bool_or(lower(h.held) >= %(from)s::timestamptz AND h.route IS NULL
                   AND NOT EXISTS (SELECT FROM vault_copy AS c
                                    WHERE c.person_id = h.person_id AND c.tenure_id = h.tenure_id)
                   AND NOT EXISTS (SELECT FROM retention_erasure AS r
                                    WHERE r.line_id = h.line_id AND r.tenure_id = h.tenure_id AND r.ground = 'copy_over')) AS lacks_copy
      FROM lines_tenure AS h
     WHERE h.held @> %(until)s::timestamptz
     GROUP BY h.line_id
),
told AS (
    SELECT m.line_id, min(n.delivered_on) AS told_on
      FROM campaign_member AS m
      LEFT JOIN notices_notice AS n ON n.line_id = m.line_id AND n.campaign_id = m.campaign_id AND n.kind = 'register_by'
           AND n.delivered_on <= %(last)s
     GROUP BY m.line_id
)
SELECT l.service, count(*) AS lines, count(h.line_id) AS registered,
       count(*) FILTER (WHERE h.line_id IS NULL AND l.activated_on >= %(begins)s
                          AND l.service || ' ' || l.payment = ANY (%(registered)s)) AS without_identity,
       count(*) FILTER (WHERE h.lacks_copy AND l.service = ANY (%(services)s)) AS without_copy,
       count(*) FILTER (WHERE t.told_on < %(told_before)s) AS told_in_time,
       count(*) FILTER (WHERE t.told_on >= %(told_before)s) AS told_late,
       count(*) FILTER (WHERE t.line_id IS NOT NULL AND t.told_on IS NULL) AS not_told
  FROM lines_line AS l
  LEFT JOIN held AS h USING (line_id)
  LEFT JOIN told AS t USING (line_id)
 WHERE l.activated_on <= %(last)s AND (l.terminated_on IS NULL OR l.terminated_on > %(last)s)
 GROUP BY l.service
 ORDER BY l.service
