-- Lists what was asked for from the page of an incident, with who said yes. Law: art. 12.
-- Reads: incidents_step, incidents_stepyes, access_staff. Writes: -. Plan: primary keys, a handful of rows. Again: the same.
SELECT s.step, s.state, s.asked_at, s.ended_at, s.touched, s.failed_because,
       ARRAY(SELECT a.username FROM incidents_stepyes y JOIN access_staff a USING (staff_id)
              WHERE y.incident_id = s.incident_id AND y.step_id = s.step_id ORDER BY y.said_at) AS said_by
  FROM incidents_step s
 WHERE s.incident_id = %(incident)s
 ORDER BY s.asked_at DESC
