-- Finds the lines that have these numbers now, with the reasons for which each is suspended.
-- Law: -. Reads: lines_number (by function), lines_line, lines_suspension. Writes: -.
-- Plan: lines_number_pkey, then lines_line_pkey and lines_suspension_pkey by line.
-- Again: the same rows.
SELECT n.number_index, n.quarantined_until, l.line_id, l.service, l.state, l.version, l.is_registered, l.must_reverify, l.is_disputed, l.is_essential, l.activated_on,
       l.terminated_on, l.terminated_by, l.erased_on, l.language, l.region, l.payment,
       ARRAY(SELECT ARRAY[s.reason, s.begun_on::text] FROM lines_suspension s
             WHERE s.line_id = l.line_id AND s.restored_on IS NULL AND s.step = 1 ORDER BY s.begun_at, s.suspension_id) AS open_reasons,
       (SELECT bit_or(s.bars) FROM lines_suspension s WHERE s.line_id = l.line_id AND s.restored_on IS NULL) AS bars
  FROM lines_find_numbers(%s) n JOIN lines_line l USING (line_id)
