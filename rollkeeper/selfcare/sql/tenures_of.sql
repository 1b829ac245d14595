-- Lists every present and past line of a person about which data is kept, the newest tenure first.
-- Law: art. 13. Reads: lines_tenure, lines_line. Writes: -. Plan: lines_tenure_by_person, a handful of rows. Again: the same.

SELECT h.line_id, h.tenure_id, h.party_kind, h.commitment, h.contested_on, h.good_through, h.identity_check, lower(h.held) AS since, upper(h.held) AS until,
       l.service, l.region, l.payment, l.state, l.activated_on, l.terminated_on, l.number_sealed
  FROM lines_tenure AS h
  JOIN lines_line AS l USING (line_id)
 WHERE h.person_id = %(person_id)s AND h.erased_on IS NULL AND l.erased_on IS NULL
 ORDER BY lower(h.held) DESC
