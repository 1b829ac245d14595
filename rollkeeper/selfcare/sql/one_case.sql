-- Returns one case, open or decided, with who took it on, what an appeal is against, and how far the notice of the decision has come.
-- Law: -. Reads: selfcare_case, access_staff, lines_tenure, notices_notice. Writes: -. Plan: primary keys; lines_tenure_by_person, a handful
-- of rows: the notice of a disowned line went to another line of that person. Again: the same.

SELECT c.case_id, c.line_id, c.kind, c.about, c.opened_on, c.due_on, c.settled_on, c.upheld, c.because, s.username AS assigned_to,
       selfcare_claimant_is_named(c.case_id) AS claimant_is_named,
       n.state AS notice_state, n.channel AS notice_channel, n.delivered_on AS notice_delivered_on,
       b.kind AS against_kind, b.settled_on AS against_settled_on, b.because AS against_because
  FROM selfcare_case AS c LEFT JOIN access_staff AS s ON s.staff_id = c.assigned_to
       LEFT JOIN selfcare_case AS b ON b.case_id = c.against
       LEFT JOIN LATERAL (
           SELECT n.state, n.channel, n.delivered_on FROM notices_notice AS n
            WHERE n.notice_id = c.notice_id
              AND (n.line_id = c.line_id OR n.line_id IN (
                  SELECT own.line_id FROM lines_tenure AS h JOIN lines_tenure AS own ON own.person_id = h.person_id
                   WHERE h.line_id = c.line_id AND h.tenure_id = c.tenure_id))) AS n ON true
 WHERE c.case_id = %s
