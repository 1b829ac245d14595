-- Lists the open cases, the most urgent first, with who took them on; for a claim, whether the subscriber named the claimant.
-- Law: -. Reads: selfcare_case, access_staff. Writes: -. Plan: selfcare_case_open, then primary keys. Again: the same.

SELECT c.case_id, c.line_id, c.kind, c.about, c.opened_on, c.due_on, c.against, s.username AS assigned_to,
       selfcare_claimant_is_named(c.case_id) AS claimant_is_named
  FROM selfcare_case AS c LEFT JOIN access_staff AS s ON s.staff_id = c.assigned_to
 WHERE c.settled_on IS NULL
 ORDER BY c.due_on, c.case_id
