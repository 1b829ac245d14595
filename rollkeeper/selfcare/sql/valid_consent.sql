-- Finds a consent that is valid on a day for one auditor: given, not withdrawn, not over, and the line is still the giver's.
-- Law: art. 13. Reads: selfcare_consent, lines_tenure. Writes: -. Plan: a scan of selfcare_consent, which has at most a score of
-- rows a sample; primary key of lines_tenure. Again: the same, while it is valid.

SELECT c.line_id, c.tenure_id, c.fields, c.through, h.person_id, h.commitment
  FROM selfcare_consent c JOIN lines_tenure h USING (line_id, tenure_id)
 WHERE c.consent_id = %(consent_id)s AND c.auditor_id = %(auditor)s AND c.taken_back_on IS NULL AND c.through >= %(on)s
   AND upper_inf(h.held) AND h.erased_on IS NULL AND h.contested_on IS NULL
