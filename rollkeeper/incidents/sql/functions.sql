-- Close an incident and meet a duty, each once and at the database's instant: an app can neither backdate nor undo it.
-- Law: the pack's articles on incidents. Reads: -. Writes: incidents_incident, incidents_duty. Plan: primary keys.
-- Again: CREATE OR REPLACE: the same functions; what is closed or met stays as it is.
CREATE OR REPLACE FUNCTION incidents_lock(incident uuid) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT FROM incidents_incident WHERE incident_id = incident FOR UPDATE
$$;

CREATE OR REPLACE FUNCTION incidents_close(incident uuid, said_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE incidents_incident SET closed_at = kernel_instant(said_at) WHERE incident_id = incident AND closed_at IS NULL
$$;

CREATE OR REPLACE FUNCTION incidents_meet_duty(incident uuid, duty uuid, said_at timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE incidents_duty SET met_at = kernel_instant(said_at) WHERE incident_id = incident AND duty_id = duty AND met_at IS NULL
$$;
