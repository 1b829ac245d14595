-- Whether a notice about the person of one tenure of a line still reaches that person there, protected or not: the line is, or was last,
-- that person's under any of their documents, and they did not say that it is not theirs.
-- Law: art. 5, 11 (no one learns of another person). Reads: lines_tenure, lines_line. Writes: -.
-- Plan: lines_tenure_pkey by line, a handful of rows. Again: CREATE OR REPLACE: the same function.
CREATE OR REPLACE FUNCTION notices_reaches_person(line uuid, tenure uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM (SELECT t.* FROM lines_tenure t WHERE t.line_id = line ORDER BY lower(t.held) DESC LIMIT 1) now
          JOIN lines_line l ON l.line_id = now.line_id
          JOIN lines_tenure was ON was.line_id = now.line_id AND was.tenure_id = tenure
          CROSS JOIN LATERAL subscribers_references_of(was.person_id) AS one (person_id)
         WHERE one.person_id = now.person_id AND now.contested_on IS NULL AND (upper_inf(now.held) OR l.state IN ('terminated', 'released')))
$$;

-- Whether a notice for the subscriber of one tenure of a line may still go to it: it reaches that person, and no person of the line is under
-- protection.
-- Law: art. 5, 11 (no one learns of another person). Reads: lines_tenure, lines_line, subscribers_subscriber. Writes: -.
-- Plan: lines_tenure_pkey by line, a handful of rows. Again: CREATE OR REPLACE: the same function.
CREATE OR REPLACE FUNCTION notices_is_theirs(line uuid, tenure uuid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT notices_reaches_person(line, tenure) AND NOT EXISTS (
        SELECT FROM (SELECT t.* FROM lines_tenure t WHERE t.line_id = line ORDER BY lower(t.held) DESC LIMIT 1) now
          JOIN subscribers_subscriber s ON s.person_id IN (now.person_id, now.user_person_id, now.guardian_person_id, now.bearer_person_id)
         WHERE s.is_protected)
$$;

-- Notes the tenure of a notice that is about a person, and not about a line and its clock: a later subscriber of the line does not get it.
-- Law: art. 5, 11, 12. Reads: lines_tenure. Writes: the row. Plan: lines_tenure_pkey by line, one probe a notice. Again: the same trigger.
CREATE OR REPLACE FUNCTION notices_note_for_whom() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    NEW.for_tenure := (SELECT t.tenure_id FROM lines_tenure t WHERE t.line_id = NEW.line_id AND upper_inf(t.held));
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION notices_note_for_whom FROM PUBLIC;
CREATE OR REPLACE TRIGGER notices_notice_for_whom BEFORE INSERT ON notices_notice
    FOR EACH ROW WHEN (NEW.for_tenure IS NULL AND NEW.kind IN (
        'new_line_in_your_name', 'record_changed', 'sim_replaced', 'data_exposed', 'confirm_record', 'document_by', 'good_through', 'disclosed',
        'audit_asked'))
    EXECUTE FUNCTION notices_note_for_whom();

-- Whether a notice for the user of a line without a subscriber may still go to it: no one has been registered there since a day.
-- Law: art. 5, 11 (no one learns of another person). Reads: lines_tenure. Writes: -.
-- Plan: lines_tenure_pkey by line, a handful of rows. Again: CREATE OR REPLACE: the same function.
CREATE OR REPLACE FUNCTION notices_is_its_users(line uuid, since date) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
    SELECT NOT EXISTS (
        SELECT FROM lines_tenure t
         WHERE t.line_id = line AND (upper_inf(t.held) OR (lower(t.held) AT TIME ZONE kernel_zone())::date >= since))
$$;

-- The vault service, which answers disclosure requests, may queue only the notice of that to the person.
-- Law: art. 12; the pack's disclosure[].notify_person. Reads: -. Writes: a trigger. Plan: fires for one role. Again: the same trigger.
CREATE OR REPLACE TRIGGER notices_vault_service_role BEFORE INSERT ON notices_notice
    FOR EACH ROW WHEN (current_user = 'vault_service' AND NEW.kind <> 'disclosed')
    EXECUTE FUNCTION kernel_refuse('notices_notice_not_of_this_role', 'insufficient_privilege');
