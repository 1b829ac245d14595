-- Counts, for each of these people, the living lines that they hold now; what they say is not theirs does not count.
-- Law: what the pack limits. Reads: lines_holding, lines_line. Writes: -.
-- Plan: lines_holding_by_person and lines_line_pkey: the few lines of each person. Again: the same rows.
SELECT h.person_id, count(*) AS lines
  FROM lines_holding h JOIN lines_line l USING (line_id)
 WHERE h.person_id = ANY (%(persons)s) AND upper_inf(h.held) AND h.contested_on IS NULL
   AND h.party_kind = ANY (%(party_kinds)s) AND l.service = ANY (%(services)s) AND l.state IN ('active', 'suspended')
 GROUP BY h.person_id
