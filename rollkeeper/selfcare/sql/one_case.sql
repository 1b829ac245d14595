-- Returns one case, open or decided, with who took it on, what an appeal is against, and how far the notice of the decision has come.
-- Law: -. Reads: selfcare_case, access_staff; the notice by a function (operations/sql/app_reads.sql). Writes: -.
-- Plan: primary keys. Again: the same.

SELECT c.case_id, c.line_id, c.kind, c.about, c.opened_on, c.due_on, c.settled_on, c.upheld, c.because, s.username AS assigned_to,
       selfcare_claimant_is_named(c.case_id) AS claimant_is_named,
       n.state AS notice_state, n.channel AS notice_channel, n.delivered_on AS notice_delivered_on,
       b.kind AS against_kind, b.settled_on AS against_settled_on, b.because AS against_because, b.settled_by AS against_settled_by
  FROM selfcare_case AS c LEFT JOIN access_staff AS s ON s.staff_id = c.assigned_to
       LEFT JOIN selfcare_case AS b ON b.case_id = c.against
       LEFT JOIN LATERAL selfcare_notice_of(c.case_id) AS n ON true
 WHERE c.case_id = %s
