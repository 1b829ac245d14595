-- Shows current lines of the register as an import needs them to recognise a line and to complete it.
-- Law: -. Reads: lines_line, lines_reference, lines_suspension. Writes: -.
-- Plan: lines_line_pkey, lines_reference_by_line and lines_suspension_pkey, once a line.
-- Again: the same.
SELECT line_id, is_essential, is_registered, activated_on, payment,
       EXISTS (SELECT FROM lines_reference r WHERE r.line_id = l.line_id) AS has_reference,
       EXISTS (SELECT FROM lines_suspension s
                WHERE s.line_id = l.line_id AND s.reason = 'registration' AND s.restored_on IS NULL) AS waits_for_registration
  FROM lines_line l
 WHERE line_id = ANY (%s::uuid[]) AND state IN ('active', 'suspended')
