-- Lists the open corrections whose record was changed since they were opened; if a case is named, only that case, decided or not. If a
-- former subscriber asked for the correction, a change of the present subscriber's record does not count.
-- Law: art. 2 (recorded truly). Reads: selfcare_case, ledger_entry, lines_tenure. Writes: -.
-- Plan: selfcare_case_open or the named case, ledger_entry's index by line, and the tenures of one line. Again: those that are still open.

SELECT c.case_id
  FROM selfcare_case AS c
 WHERE c.kind = 'correct' AND (c.case_id = %(case_id)s::uuid OR %(case_id)s::uuid IS NULL AND c.settled_on IS NULL)
   AND EXISTS (SELECT FROM ledger_entry AS e
                WHERE e.line_id = c.line_id AND e.verb IN ('line:tenure:corrected', 'line:line:relocated')
                  AND e.entry_id > (SELECT min(o.entry_id) FROM ledger_entry AS o
                                     WHERE o.line_id = c.line_id AND o.verb = 'selfcare:case:opened'
                                       AND o.body LIKE '%%' || c.case_id || '%%')
                  AND NOT EXISTS (SELECT FROM lines_tenure AS changed
                                    JOIN lines_tenure AS asked ON asked.line_id = c.line_id AND asked.tenure_id = c.tenure_id
                                   WHERE changed.line_id = c.line_id AND changed.begun_by_entry = e.entry_id
                                     AND changed.person_id <> asked.person_id))
 ORDER BY c.case_id
