-- Lists the open cases, the most urgent first; for a claim, whether the subscriber named the claimant.
-- Law: -. Reads: selfcare_case, lines_tenure, selfcare_delegate. Writes: -. Plan: selfcare_case_open, then primary keys. Again: the same.

SELECT c.case_id, c.line_id, c.kind, c.about, c.opened_on, c.due_on,
       CASE WHEN c.claimant_mark IS NOT NULL THEN EXISTS (
            SELECT FROM lines_tenure AS h JOIN selfcare_delegate AS n ON n.person_id = h.person_id AND n.part = 'heir'
             WHERE h.line_id = c.line_id AND h.tenure_id = c.tenure_id AND n.document_mark = c.claimant_mark) END
       AS claimant_is_named
  FROM selfcare_case AS c
 WHERE c.settled_on IS NULL
 ORDER BY c.due_on, c.case_id
