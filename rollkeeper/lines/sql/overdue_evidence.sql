-- Lists lines with a pause whose proof was expected before a day and has not come. This has no consequences for the lines.
-- Law: art. 3 (a justified reason; the person's word is enough). Reads: lines_pause, lines_line. Writes: -.
-- Plan: lines_pause_awaiting_evidence; grows with what is awaited. Again: the same page.
SELECT p.line_id, min(p.evidence_due_on) AS due_on
  FROM lines_pause p JOIN lines_line l USING (line_id)
 WHERE p.evidence_due_on < %(on)s AND p.evidence_due_on IS NOT NULL AND p.evidence_seen_on IS NULL AND p.line_id > %(after)s
   AND l.state IN ('active', 'suspended') AND (l.must_reverify OR NOT l.is_registered)
 GROUP BY p.line_id
 ORDER BY p.line_id
 LIMIT %(limit)s
