-- Lists what was asked for from the page of an incident, with who approved it. Law: art. 12.
-- Reads: incidents_step, incidents_stepapproval, access_staff. Writes: -. Plan: primary keys, a handful of rows. Again: the same.
SELECT s.step, s.state, s.requested_at, s.ended_at, s.touched, s.failed_because,
       ARRAY(SELECT a.username FROM incidents_stepapproval y JOIN access_staff a USING (staff_id)
              WHERE y.incident_id = s.incident_id AND y.step_id = s.step_id ORDER BY y.approved_at) AS approved_by
  FROM incidents_step s
 WHERE s.incident_id = %(incident)s
 ORDER BY s.requested_at DESC
