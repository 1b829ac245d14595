-- Returns one case, open or decided, with who took it on and, for an appeal, what it is against.
-- Law: -. Reads: selfcare_case, access_staff. Writes: -. Plan: primary keys. Again: the same.

SELECT c.case_id, c.line_id, c.kind, c.about, c.opened_on, c.due_on, c.settled_on, c.upheld, c.because, s.username AS assigned_to,
       selfcare_claimant_is_named(c.case_id) AS claimant_is_named,
       b.kind AS against_kind, b.settled_on AS against_settled_on, b.because AS against_because
  FROM selfcare_case AS c LEFT JOIN access_staff AS s ON s.staff_id = c.assigned_to
       LEFT JOIN selfcare_case AS b ON b.case_id = c.against
 WHERE c.case_id = %s
