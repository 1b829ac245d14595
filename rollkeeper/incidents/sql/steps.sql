-- Lists the steps that were requested on the page of an incident, with who approved each. Law: art. 12.
-- Reads: incidents_step, access_approval, access_staff. Writes: -. Plan: primary keys, a handful of rows. Again: the same.
SELECT s.step, s.state, s.requested_at, s.ended_at, s.touched, s.failed_because,
       ARRAY(SELECT a.username FROM access_approval y JOIN access_staff a USING (staff_id)
              WHERE y.subject = s.step_id AND y.approves ORDER BY y.approved_at) AS approved_by
  FROM incidents_step s
 WHERE s.incident_id = %(incident)s
 ORDER BY s.requested_at DESC
