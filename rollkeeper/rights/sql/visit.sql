-- Finds a living visit: not over, its line not over, and the line still held as it was when the visit began.
-- Law: art. 13. Reads: rights_visit, rights_application, lines_line, lines_holding. Writes: a row lock. Plan: primary keys. Again: the same.

SELECT v.ask_mark, v.line_id, v.holding_id, v.person_id, v.proved_at IS NOT NULL AS is_proved, v.proofs_left,
       v.ends_at, EXISTS (SELECT FROM rights_application AS a WHERE a.line_id = v.line_id AND a.holding_id = v.holding_id
                                  AND a.seen_by IS NULL) AS is_from_afar
  FROM rights_visit AS v
  JOIN lines_line AS l USING (line_id)
  LEFT JOIN lines_holding AS h ON h.line_id = v.line_id AND upper_inf(h.held)
 WHERE v.ask_mark = %(ask_mark)s
   AND v.ends_at > clock_timestamp()
   AND l.state IN ('active', 'suspended')
   AND h.holding_id IS NOT DISTINCT FROM v.holding_id
   FOR UPDATE OF v
