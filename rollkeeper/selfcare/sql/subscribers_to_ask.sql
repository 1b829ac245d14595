-- Finds the present subscriber of a line and the language of their notices, if they were not asked for this sample yet; also whether they
-- say that the line is not theirs: then another person has it in hand, who is not asked.
-- Law: art. 13 (the authority checks; the registered subscriber decides who sees the record). Reads: lines_line, lines_tenure,
-- subscribers_subscriber, selfcare_consent. Writes: -. Plan: primary keys, one row. Again: nothing, once they were asked.

SELECT h.tenure_id, coalesce(s.language, l.language) AS language, h.contested_on IS NOT NULL AS is_contested
  FROM lines_line l JOIN lines_tenure h USING (line_id) LEFT JOIN subscribers_subscriber s USING (person_id)
 WHERE l.line_id = %(line_id)s AND l.state IN ('active', 'suspended') AND upper_inf(h.held) AND h.erased_on IS NULL
   AND NOT EXISTS (SELECT FROM selfcare_consent c WHERE c.line_id = l.line_id AND c.sample_id = %(sample_id)s)
