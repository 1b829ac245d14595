-- Shows one line by its reference, with the reasons for which it is suspended.
-- Law: -. Reads: lines_line, lines_number, lines_suspension. Writes: -.
-- Plan: lines_line_pkey, lines_number_pkey, lines_suspension_pkey.
-- Again: the same row.
SELECT lines_quarantined_until(l.line_id) AS quarantined_until, l.line_id, l.service, l.state, l.version, l.is_registered, l.must_reverify, l.is_disputed, l.is_essential, l.activated_on,
       l.terminated_on, l.terminated_by, l.erased_on, l.language, l.region, l.payment,
       ARRAY(SELECT ARRAY[s.reason, s.begun_on::text] FROM lines_suspension s
             WHERE s.line_id = l.line_id AND s.restored_on IS NULL AND s.step = 1 ORDER BY s.begun_at, s.suspension_id) AS open_reasons,
       (SELECT bit_or(s.bars) FROM lines_suspension s WHERE s.line_id = l.line_id AND s.restored_on IS NULL) AS bars
  FROM lines_line l
 WHERE l.line_id = %s
