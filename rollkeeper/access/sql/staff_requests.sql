-- What staff ask for on a page and a worker does: the only ways to record such a request, to take it, to answer it and to act on it.
-- Law: art. 11 (who acted). Reads: access_staff, access_staffrequest. Writes: access_staffrequest.
-- Plan: access_staffrequest_waiting, one row a call. Again: CREATE OR REPLACE: the same functions.
-- No role can insert, change or delete a request otherwise. So a worker can neither invent a request nor change one.

-- A page records who asks for what. The database cannot check that the page names the right person, only that the account is open. A
-- request that no one answered within a day does not count against the limit of open ones.
CREATE OR REPLACE FUNCTION access_ask(
    request uuid, staff uuid, asked_kind text, of_job text, of_subject uuid, shown jsonb, hidden jsonb, recent boolean, pending boolean,
    kept_days integer
) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access_staff s WHERE s.staff_id = staff AND s.is_active)
       OR (jsonb_typeof(shown), jsonb_typeof(hidden)) IS DISTINCT FROM ('object', 'object')
       OR octet_length(shown::text) + octet_length(hidden::text) > 1000000 OR kept_days NOT BETWEEN 1 AND 400
       OR (SELECT count(*) FROM access_staffrequest WHERE done_at IS NULL AND made_at > clock_timestamp() - interval '1 day') >= 1000
    THEN
        RAISE EXCEPTION 'access_request_out_of_bounds' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO access_staffrequest (request_id, staff_id, kind, job, subject, facts, payload, is_recent, state, keep_days)
    VALUES (request, staff, asked_kind, of_job, of_subject, shown, hidden, recent, CASE WHEN pending THEN 'pending' ELSE 'approved' END,
            kept_days);
END
$$;

-- A page ends a request that waits for a second person: that person approved it, or the first withdrew it. An app can end no other request.
CREATE OR REPLACE FUNCTION access_settle_pending(request uuid, is_done boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_staffrequest SET state = CASE WHEN is_done THEN 'done' ELSE 'withdrawn' END, done_at = clock_timestamp()
     WHERE request_id = request AND state = 'pending';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'access_request_not_pending' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

-- The worker takes the oldest request that is due for its job, or this one, for the present transaction only.
CREATE OR REPLACE FUNCTION access_next_request(of_job text, only_this uuid DEFAULT NULL) RETURNS SETOF access_staffrequest
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT * FROM access_staffrequest
     WHERE state = 'approved' AND job = of_job AND (again_at IS NULL OR again_at <= clock_timestamp())
       AND (only_this IS NULL OR request_id = only_this)
     ORDER BY made_at LIMIT 1 FOR UPDATE SKIP LOCKED
$$;

-- The worker answers a request; the payload, which no page shows any more, is emptied.
CREATE OR REPLACE FUNCTION access_answer_request(request uuid, answer jsonb, refused jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE access_staffrequest
       SET state = CASE WHEN refused IS NULL THEN 'done' ELSE 'failed' END, result = answer, refusal = refused, payload = '{}',
           done_at = clock_timestamp()
     WHERE request_id = request AND state = 'approved'
$$;

-- The worker goes on with a request later, within the hour: so the person who asked learns of a failure within that time.
CREATE OR REPLACE FUNCTION access_postpone_request(request uuid, seconds double precision, so_far jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE access_staffrequest SET again_at = clock_timestamp() + make_interval(secs => least(greatest(seconds, 0), 3600)), result = so_far
     WHERE request_id = request AND state = 'approved'
$$;

CREATE OR REPLACE FUNCTION access_forget_requests() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (
        DELETE FROM access_staffrequest WHERE made_at < clock_timestamp() - make_interval(days => keep_days) RETURNING 1
    )
    SELECT count(*) FROM gone
$$;

-- Uses up a request: one that a person made within a day, of one of these kinds, about this subject, and not used before. The worker's role
-- can do certain things only so (operations/sql/asked_for.sql); the transaction that acts uses the request up.
CREATE OR REPLACE FUNCTION access_use_request(kinds text[], of_subject uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE access_staffrequest SET used_in = pg_current_xact_id()::text::bigint
     WHERE request_id = (
        SELECT r.request_id FROM access_staffrequest r JOIN access_staff s USING (staff_id)
         WHERE r.kind = ANY (kinds) AND r.state = 'approved' AND r.used_in IS NULL AND s.is_active
           AND (of_subject IS NULL OR r.subject = of_subject) AND r.made_at > clock_timestamp() - interval '1 day'
         ORDER BY r.made_at LIMIT 1 FOR UPDATE OF r);
    IF NOT FOUND THEN
        RAISE EXCEPTION 'access_no_person_asked_for_it' USING ERRCODE = 'insufficient_privilege';
    END IF;
END
$$;

-- Tells whether the present transaction used up a request of one of these kinds about this subject.
CREATE OR REPLACE FUNCTION access_has_used_request_about(kinds text[], of_subject uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access_staffrequest
                    WHERE used_in = pg_current_xact_id_if_assigned()::text::bigint AND kind = ANY (kinds) AND subject = of_subject)
$$;

-- Tells whether the present transaction used up a request of one of these kinds.
CREATE OR REPLACE FUNCTION access_has_used_request(kinds text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM access_staffrequest
                    WHERE used_in = pg_current_xact_id_if_assigned()::text::bigint AND kind = ANY (kinds))
$$;
