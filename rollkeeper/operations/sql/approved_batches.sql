-- Holds a worker's role, and a command's, to what people decided: a line loses service only as a member of a batch that enough people
-- approved exactly so, and a line is made only for a registration or an import that a person asked for.
-- Law: art. 3, 11. Reads: access_approval, access_rolegrant, access_staff, access_staffrequest, campaign_batch, campaign_batchline,
-- campaign_member, imports_import, ledger_entry, lines_legalhold, lines_line, lines_pause, lines_tenure, notices_notice, retention_erasure, vault_copy. Writes: triggers on campaign_batch,
-- campaign_batchline, campaign_campaign, campaign_member, lines_line, lines_number, lines_pause, lines_suspension, lines_tenure, notices_notice, retention_erasure, subscribers_document.
-- Plan: a statement's rows joined with the batch's by campaign_batchline_pkey, once a statement. Again: the same triggers.
-- `campaign/batch_execution.py` checks all of this before; an attacker with the session of a worker does not. Only the worker's program keeps the
-- wait after a pilot and the hourly limit.

-- Whether enough people with the permission approved this content, each from an open account and by an entry of the ledger.
CREATE OR REPLACE FUNCTION campaign_is_approved(batch uuid, approved text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(DISTINCT a.staff_id) >= campaign_approvers_needed()
      FROM access_approval a JOIN access_staff s USING (staff_id) JOIN ledger_entry e USING (entry_id)
     WHERE a.subject = batch AND a.permission = 'approve_batch' AND a.approves AND a.content = approved AND s.is_active
       AND e.verb = 'campaign:batch:approved' AND e.staff_id = a.staff_id
       AND (e.body::jsonb #>> '{facts,batch}', e.body::jsonb #>> '{facts,content}') = (batch::text, approved)
       AND EXISTS (SELECT FROM access_rolegrant g
                    WHERE g.staff_id = a.staff_id AND g.role = ANY (campaign_approving_roles()) AND g.since <= a.day
                      AND (g.until IS NULL OR g.until >= a.day)
                      AND g.granted_at <= statement_timestamp() - make_interval(hours => access_cooldown_hours()))
$$;
REVOKE ALL ON FUNCTION campaign_is_approved FROM PUBLIC;

-- A batch goes one way. It begins to run only if its lines are still those that people approved.
CREATE OR REPLACE FUNCTION campaign_hold_to_approval() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF (NEW.state, NEW.position_done) <> ('waiting', 0) OR NEW.pilot_done_at IS NOT NULL OR NEW.content IS NOT NULL THEN
            RAISE EXCEPTION 'campaign_batch_begun_as_approved' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.content IS NOT NULL AND NEW.content IS DISTINCT FROM OLD.content
       OR NEW.position_done NOT BETWEEN OLD.position_done AND NEW.line_count
       OR OLD.pilot_done_at IS NOT NULL AND NEW.pilot_done_at IS DISTINCT FROM OLD.pilot_done_at
       OR NEW.pilot_done_at IS NOT NULL AND NEW.position_done < NEW.pilot_count
       OR NEW.state <> OLD.state AND (
           NEW.state = 'waiting' OR NEW.state = 'approved' AND (OLD.state <> 'waiting' OR kernel_acting_role() = 'worker')
           OR NEW.state = 'running' AND OLD.state <> 'approved')
    THEN
        RAISE EXCEPTION 'campaign_batch_changed_otherwise' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.state = 'running' AND OLD.state <> 'running'
       AND (campaign_is_approved(NEW.batch_id, NEW.content) AND NEW.content = campaign_batch_content(NEW.batch_id)) IS NOT TRUE
    THEN
        RAISE EXCEPTION 'campaign_batch_not_approved' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION campaign_hold_to_approval FROM PUBLIC;
CREATE OR REPLACE TRIGGER campaign_batch_as_approved BEFORE INSERT OR UPDATE ON campaign_batch
    FOR EACH ROW WHEN (kernel_acting_role() IN ('worker', 'console')) EXECUTE FUNCTION campaign_hold_to_approval();

-- No line comes into a batch whose content was hashed for approval. The lock makes the hash wait until the new line is committed or rolled back:
-- otherwise the line could wait in an open transaction until people had approved.
CREATE OR REPLACE FUNCTION campaign_refuse_late_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM FROM campaign_batch WHERE batch_id IN (SELECT batch_id FROM added) FOR SHARE;
    IF EXISTS (SELECT FROM (SELECT DISTINCT batch_id FROM added) late LEFT JOIN campaign_batch b USING (batch_id)
                WHERE b.batch_id IS NULL OR b.content IS NOT NULL) THEN
        RAISE EXCEPTION 'campaign_line_put_into_a_prepared_batch' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION campaign_refuse_late_lines FROM PUBLIC;
CREATE OR REPLACE TRIGGER campaign_batchline_as_approved AFTER INSERT ON campaign_batchline
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN (kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION campaign_refuse_late_lines();

-- Whether an import is under way that a person with an open account asked for on a page.
CREATE OR REPLACE FUNCTION imports_is_asked_for() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM imports_import WHERE finished_at IS NULL AND undone_at IS NULL)
       AND EXISTS (SELECT FROM access_staffrequest r JOIN access_staff s USING (staff_id)
                    WHERE r.kind = 'imports-import' AND r.state = 'approved' AND s.is_active AND r.made_at > clock_timestamp() - interval '1 day')
$$;
REVOKE ALL ON FUNCTION imports_is_asked_for FROM PUBLIC;

-- Whether a line was made for such an import: its reference says when it was made, and lines that existed before are older than the request.
CREATE OR REPLACE FUNCTION imports_brings(line uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT imports_is_asked_for() AND EXISTS (
        SELECT FROM access_staffrequest r JOIN access_staff s USING (staff_id)
         WHERE r.kind = 'imports-import' AND r.state = 'approved' AND s.is_active AND r.made_at > clock_timestamp() - interval '1 day'
           AND uuid_extract_timestamp(line) > r.made_at - interval '10 minutes')  -- clocks of two machines
$$;
REVOKE ALL ON FUNCTION imports_brings FROM PUBLIC;

-- Whether a line would be cut too early: on a day of a pause, before it was notified, or on or before a day that a sent notice named. For a line that
-- is barred already, the notice of that bar counts instead. A notice of an earlier campaign does not count, unless an undone batch of that campaign
-- had the line. A named day holds whatever campaign a batch claims, and whenever a member is said to have begun again. It no longer holds when
-- another campaign, which named it, is closed, or when an entry of a later day began or ended a tenure.
CREATE OR REPLACE FUNCTION campaign_breaks_promise(line uuid, campaign uuid, next_step integer, day date) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM lines_pause p WHERE p.line_id = line AND p.days @> day) OR CASE
                WHEN barred.since IS NULL AND NOT EXISTS (
                    SELECT FROM notices_notice n LEFT JOIN campaign_member m USING (line_id, campaign_id)
                     WHERE n.line_id = line AND n.kind = 'register_by' AND n.delivered_on IS NOT NULL
                       AND n.queued_on >= coalesce(m.reentered_on, n.queued_on)
                       AND (n.campaign_id = campaign OR EXISTS (
                           SELECT FROM campaign_batchline l JOIN campaign_batch b USING (batch_id)
                            WHERE l.line_id = line AND l.outcome = 'undone' AND b.campaign_id = n.campaign_id))) THEN true
                ELSE EXISTS (
                    SELECT FROM notices_notice n
                     WHERE n.line_id = line AND n.state IN ('sent', 'delivered') AND n.promised_on >= day
                       AND CASE WHEN barred.since IS NULL THEN n.kind IN ('register_by', 'reminder')
                                ELSE n.kind = 'suspended' AND n.queued_on >= barred.since END
                       AND NOT EXISTS (SELECT FROM campaign_campaign c WHERE c.campaign_id = n.campaign_id AND c.campaign_id <> campaign AND c.closed_on IS NOT NULL)
                       AND NOT EXISTS (SELECT FROM lines_tenure h JOIN ledger_entry e ON e.entry_id IN (h.begun_by_entry, h.ended_by_entry)
                                        WHERE h.line_id = line AND e.line_id = line AND e.day > n.queued_on)) END
      FROM (SELECT max(s.begun_on) AS since FROM lines_suspension s
             WHERE s.line_id = line AND s.reason = 'registration' AND s.restored_on IS NULL AND s.step < next_step) AS barred
$$;
REVOKE ALL ON FUNCTION campaign_breaks_promise FROM PUBLIC;

-- No promise is taken back: not the day that a notice names, not the proof that a notice arrived, and not a member's clock.
CREATE OR REPLACE TRIGGER notices_notice_promise_kept BEFORE UPDATE ON notices_notice
    FOR EACH ROW WHEN ((NEW.promised_on < OLD.promised_on OR NEW.promised_on IS NULL AND OLD.promised_on IS NOT NULL
                        OR OLD.delivered_on IS NOT NULL AND (NEW.state, NEW.delivered_on) IS DISTINCT FROM (OLD.state, OLD.delivered_on))
                       AND kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('notices_promise_taken_back', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER campaign_member_promise_kept BEFORE UPDATE ON campaign_member
    FOR EACH ROW WHEN ((NEW.stage = 'running' AND OLD.stage IN ('not_notified', 'running')
                        AND (NEW.promised_on < OLD.promised_on OR NEW.promised_on IS NULL AND OLD.promised_on IS NOT NULL
                             OR NEW.anchor_on < OLD.anchor_on)
                        OR NEW.reentered_on < OLD.reentered_on OR NEW.reentered_on IS NULL AND OLD.reentered_on IS NOT NULL)
                       AND kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('campaign_promise_taken_back', 'insufficient_privilege');
-- No day of a pause is taken back. Only a pause without an end gets an end, with the entry that says so.
CREATE OR REPLACE TRIGGER lines_pause_kept BEFORE UPDATE OF days ON lines_pause
    FOR EACH ROW WHEN (NEW.days <> OLD.days AND (isempty(NEW.days) OR lower(NEW.days) IS DISTINCT FROM lower(OLD.days) OR NOT upper_inf(OLD.days))
                       AND kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('lines_pause_taken_back', 'insufficient_privilege');
-- Requires an entry about the row's line. The trigger names its verb, and the fault if there is no such entry.
CREATE OR REPLACE FUNCTION ledger_require_entry_about_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entry e
                    WHERE e.xid = pg_current_xact_id() AND e.line_id = NEW.line_id AND e.verb = TG_ARGV[0]) THEN
        RAISE EXCEPTION USING MESSAGE = TG_ARGV[1], ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION ledger_require_entry_about_line FROM PUBLIC;
DROP TRIGGER IF EXISTS lines_pause_ended_by_entry ON lines_pause;
CREATE CONSTRAINT TRIGGER lines_pause_ended_by_entry AFTER UPDATE OF days ON lines_pause DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.days <> OLD.days AND kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION ledger_require_entry_about_line('line:clock:resumed', 'lines_pause_ended_without_its_entry');
-- A campaign keeps its reference: it does not take that of another campaign, which has ended.
CREATE OR REPLACE TRIGGER campaign_campaign_stays_itself BEFORE UPDATE OF campaign_id ON campaign_campaign
    FOR EACH ROW WHEN (NEW.campaign_id <> OLD.campaign_id AND kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('campaign_made_another', 'insufficient_privilege');

-- A document is marked as replaced, or as valid again, only with an entry about its person or a line that names them. An app needs an entry of a
-- registration or of documents.
CREATE OR REPLACE FUNCTION subscribers_require_entry_of_document() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    verbs CONSTANT text[] := CASE WHEN kernel_is_app() THEN lines_verbs_of_registration() || ARRAY['line:document:linked', 'line:document:unlinked'] END;
    since date;
BEGIN
    IF TG_OP = 'INSERT' AND kernel_acting_role() = 'worker' AND imports_is_asked_for() THEN
        RETURN NULL;
    END IF;
    SELECT max(e.day) - 1 INTO since
      FROM subscribers_references_of(NEW.person_id) AS one (person_id)
      JOIN ledger_entry e ON e.xid = pg_current_xact_id()
     WHERE (verbs IS NULL OR e.verb = ANY (verbs))
       AND (e.person_id = one.person_id
            OR EXISTS (SELECT FROM lines_tenure h
                        WHERE h.line_id = e.line_id
                          AND one.person_id IN (h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id)));
    IF since IS NULL THEN
        RAISE EXCEPTION 'subscribers_document_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- A person who had a line before is notified of an added document on one of their lines: from now on it proves their identity.
    IF TG_OP = 'INSERT' AND EXISTS (
        SELECT FROM subscribers_references_of(NEW.person_id) AS one (person_id) JOIN lines_tenure h USING (person_id)
          LEFT JOIN ledger_entry e ON e.entry_id = h.begun_by_entry
         WHERE e.xid IS DISTINCT FROM pg_current_xact_id())
       AND NOT EXISTS (
        SELECT FROM subscribers_references_of(NEW.person_id) AS one (person_id)
          JOIN lines_tenure h ON h.person_id = one.person_id AND upper_inf(h.held) AND h.contested_on IS NULL
         WHERE EXISTS (SELECT FROM notices_telling(h.line_id, 'record_changed', since)))
    THEN
        RAISE EXCEPTION 'subscribers_document_of_a_person_who_is_not_told' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION subscribers_require_entry_of_document FROM PUBLIC;
DROP TRIGGER IF EXISTS subscribers_document_entered ON subscribers_document;
CREATE CONSTRAINT TRIGGER subscribers_document_entered AFTER UPDATE OF until ON subscribers_document DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_acting_role() IN ('worker', 'console', 'counter')) EXECUTE FUNCTION subscribers_require_entry_of_document();
-- No document is added unnoticed: it could lead to a person to whom it does not belong, and prove their identity at the portal. An import that a
-- person asked for adds the documents of its own people.
DROP TRIGGER IF EXISTS subscribers_document_added ON subscribers_document;
CREATE CONSTRAINT TRIGGER subscribers_document_added AFTER INSERT ON subscribers_document DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_acting_role() IN ('worker', 'counter', 'backoffice', 'portal')) EXECUTE FUNCTION subscribers_require_entry_of_document();

-- A suspension belongs to a running batch and bars what the batch bars. Its line has not had its turn, and is as people approved it: neither
-- registered nor disputed since. Otherwise it is a suspension with which a line was imported.
CREATE OR REPLACE FUNCTION lines_hold_suspension_to_batch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF kernel_acting_role() = 'worker' AND EXISTS (
           SELECT FROM begun WHERE batch_id IS NULL AND (reason <> 'registration' AND imports_brings(line_id)) IS NOT TRUE)
       OR EXISTS (
           SELECT FROM (SELECT DISTINCT batch_id, begun_on, step, bars FROM begun WHERE batch_id IS NOT NULL) one
             LEFT JOIN campaign_batch b USING (batch_id)
            WHERE (b.state = 'running' AND b.action = 'suspend' AND (b.step, b.bars) = (one.step, one.bars) AND b.due_on <= kernel_day(one.begun_on)
                   AND campaign_is_approved(b.batch_id, b.content)) IS NOT TRUE)
       OR EXISTS (
           SELECT FROM begun s JOIN campaign_batch b USING (batch_id) LEFT JOIN campaign_batchline l USING (line_id, batch_id)
             LEFT JOIN lines_line n USING (line_id)
            WHERE (l.position > b.position_done AND (b.pilot_done_at IS NOT NULL OR l.position <= b.pilot_count)
                   AND n.version BETWEEN l.line_version AND l.line_version + 1  -- the suspension itself adds one
                   AND n.is_registered = n.must_reverify AND NOT n.is_disputed) IS NOT TRUE
               OR campaign_breaks_promise(s.line_id, b.campaign_id, s.step, s.begun_on))
    THEN
        RAISE EXCEPTION 'lines_suspension_that_no_approved_batch_has' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION lines_hold_suspension_to_batch FROM PUBLIC;
CREATE OR REPLACE TRIGGER lines_suspension_as_approved AFTER INSERT ON lines_suspension
    REFERENCING NEW TABLE AS begun FOR EACH STATEMENT WHEN (kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION lines_hold_suspension_to_batch();
CREATE OR REPLACE TRIGGER lines_suspension_ends_once BEFORE UPDATE ON lines_suspension
    FOR EACH ROW WHEN (kernel_acting_role() IN ('worker', 'console') AND OLD.restored_on IS NOT NULL
                       AND (NEW.restored_on IS DISTINCT FROM OLD.restored_on))
    EXECUTE FUNCTION kernel_refuse('lines_suspension_opened_again', 'insufficient_privilege');

-- Whether a line was terminated just now, or was released without a termination before.
CREATE OR REPLACE FUNCTION lines_is_ended_now(former text, state text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN former IN ('active', 'suspended') AND state IN ('terminated', 'released');

CREATE OR REPLACE FUNCTION lines_is_released(state text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN state = 'released';

-- A line is suspended only with a row in lines_suspension, and terminated only by a running batch or by an entry of this transaction about it. It is
-- released without a termination only if a restore brought back an erased line, which a command finds.
CREATE OR REPLACE FUNCTION lines_hold_state_to_cause() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    running uuid[];
BEGIN
    IF EXISTS (
        SELECT FROM changed n JOIN former o USING (line_id)
         WHERE n.state = 'suspended' AND o.state <> 'suspended'
           AND NOT EXISTS (SELECT FROM lines_suspension s WHERE s.line_id = n.line_id AND s.restored_on IS NULL)
    ) THEN
        RAISE EXCEPTION 'lines_line_suspended_without_a_suspension' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NOT EXISTS (SELECT FROM changed n JOIN former o USING (line_id) WHERE lines_is_ended_now(o.state, n.state)) THEN
        RETURN NULL;
    END IF;
    running := ARRAY(SELECT b.batch_id FROM campaign_batch b
                      WHERE b.state = 'running' AND b.action = 'terminate' AND campaign_is_approved(b.batch_id, b.content));
    IF EXISTS (
        SELECT FROM changed n JOIN former o USING (line_id)
         WHERE lines_is_ended_now(o.state, n.state)
           AND CASE WHEN lines_is_released(n.state) THEN NOT EXISTS (
                        SELECT FROM retention_erasure r
                         WHERE r.line_id = n.line_id AND r.tenure_id IS NULL AND r.ground = 'erased_before_restore')
                    WHEN n.terminated_by = 'campaign' THEN NOT EXISTS (
                        SELECT FROM campaign_batchline l JOIN campaign_batch b USING (batch_id)
                         WHERE l.line_id = n.line_id AND b.batch_id = ANY (running) AND b.due_on <= kernel_day(n.terminated_on)
                           AND l.position > b.position_done AND (b.pilot_done_at IS NOT NULL OR l.position <= b.pilot_count)
                           AND o.version = l.line_version AND o.is_registered = o.must_reverify AND NOT o.is_disputed
                           AND NOT campaign_breaks_promise(n.line_id, b.campaign_id, b.step + 1, n.terminated_on))
                    ELSE NOT EXISTS (
                        SELECT FROM ledger_entry e
                         WHERE e.xid = pg_current_xact_id() AND e.line_id = n.line_id
                           AND e.verb = CASE n.terminated_by WHEN 'import_undone' THEN 'imports:line:undone' ELSE 'line:line:terminated' END)
               END
    ) THEN
        RAISE EXCEPTION 'lines_line_terminated_without_cause' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION lines_hold_state_to_cause FROM PUBLIC;
CREATE OR REPLACE TRIGGER lines_line_state_as_approved AFTER UPDATE ON lines_line
    REFERENCING OLD TABLE AS former NEW TABLE AS changed FOR EACH STATEMENT WHEN (kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION lines_hold_state_to_cause();

-- What people did to a line is not undone unnoticed: its version never goes back, each change of its registration is a new version, and it loses its
-- registration only by a case that people decided. A line does not get another number.
CREATE OR REPLACE TRIGGER lines_line_not_rewritten BEFORE UPDATE ON lines_line
    FOR EACH ROW WHEN ((NEW.version < OLD.version OR NEW.number_index <> OLD.number_index OR NEW.number_index IS NOT NULL AND OLD.number_index IS NULL
                        OR NEW.version = OLD.version AND (NEW.is_registered, NEW.must_reverify) <> (OLD.is_registered, OLD.must_reverify))
                       AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('lines_line_rewritten', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER lines_line_stays_registered AFTER UPDATE OF is_registered ON lines_line
    FOR EACH ROW WHEN (OLD.is_registered AND NOT NEW.is_registered AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION ledger_require_entry_about_line('selfcare:case:settled', 'lines_line_no_longer_registered_without_its_entry');

-- A number is deleted only with its line, and its quarantine is not shortened, unless its line is in service again.
CREATE OR REPLACE FUNCTION lines_hold_numbers_to_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM lines_line l
                WHERE l.line_id = OLD.line_id AND l.number_index = OLD.number_index AND (TG_OP = 'DELETE' OR l.state NOT IN ('active', 'suspended'))) THEN
        RAISE EXCEPTION 'lines_number_taken_from_a_line' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION lines_hold_numbers_to_lines FROM PUBLIC;
CREATE OR REPLACE TRIGGER lines_number_deleted_with_line AFTER DELETE ON lines_number
    FOR EACH ROW WHEN (current_user IN ('worker', 'console')) EXECUTE FUNCTION lines_hold_numbers_to_lines();
CREATE OR REPLACE TRIGGER lines_number_rests AFTER UPDATE OF quarantined_until ON lines_number
    FOR EACH ROW WHEN ((NEW.quarantined_until < OLD.quarantined_until OR NEW.quarantined_until IS NULL AND OLD.quarantined_until IS NOT NULL)
                       AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION lines_hold_numbers_to_lines();

-- A worker inserts many lines only for an import, and one for the canary. Functions make other single lines, and their entry says so.
CREATE OR REPLACE FUNCTION lines_hold_new_lines_to_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT imports_is_asked_for() AND NOT (
        (SELECT count(*) FROM added) = 1 AND EXISTS (SELECT FROM added WHERE state = 'terminated')
        AND EXISTS (SELECT FROM ledger_entry e WHERE e.xid = pg_current_xact_id() AND e.verb = 'vault:canary:made'))
    THEN
        RAISE EXCEPTION 'lines_made_that_no_person_asked_for' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION lines_hold_new_lines_to_request FROM PUBLIC;
CREATE OR REPLACE TRIGGER lines_line_as_asked AFTER INSERT ON lines_line
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN (current_user = 'worker') EXECUTE FUNCTION lines_hold_new_lines_to_request();

-- By its own rights a worker inserts tenures only for an import, and the canary's. Functions insert other single tenures.
CREATE OR REPLACE FUNCTION lines_hold_new_tenures_to_request() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT imports_is_asked_for() AND EXISTS (
        SELECT FROM added a
         WHERE upper_inf(a.held) OR NOT EXISTS (SELECT FROM ledger_entry e WHERE e.entry_id = a.ended_by_entry AND e.verb = 'vault:canary:made'))
    THEN
        RAISE EXCEPTION 'lines_given_that_no_person_asked_for' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION lines_hold_new_tenures_to_request FROM PUBLIC;
CREATE OR REPLACE TRIGGER lines_tenure_as_asked AFTER INSERT ON lines_tenure
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN (current_user = 'worker') EXECUTE FUNCTION lines_hold_new_tenures_to_request();

CREATE OR REPLACE FUNCTION lines_require_entry_of_new_line() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entry e
                    WHERE e.xid = pg_current_xact_id() AND e.line_id = NEW.line_id AND e.verb = 'line:line:activated') THEN
        RAISE EXCEPTION 'lines_made_without_their_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION lines_require_entry_of_new_line FROM PUBLIC;
DROP TRIGGER IF EXISTS lines_line_entered ON lines_line;
CREATE CONSTRAINT TRIGGER lines_line_entered AFTER INSERT ON lines_line DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (current_user = 'migrator' AND kernel_acting_role() IN ('worker', 'counter'))
    EXECUTE FUNCTION lines_require_entry_of_new_line();

-- A record is erased only after the end that the register and its ledger state. A record, or its copies before it, is erased only with an entry that
-- says exactly this, of today (or of yesterday, if the run began then), after the last day kept, and under no legal hold. The database does not know
-- how long a law keeps a record: the worker says the last day, which is not before the end.
CREATE OR REPLACE FUNCTION retention_hold_erasures_to_day() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a
         WHERE a.ground <> 'erased_before_restore' AND (a.done_at IS NOT NULL OR NOT EXISTS (
                   SELECT FROM ledger_entry e
                    WHERE e.xid = pg_current_xact_id() AND e.line_id = a.line_id
                      AND e.verb = CASE a.ground WHEN 'copy_over' THEN 'line:copy:erased' ELSE 'line:record:erased' END
                      AND e.day BETWEEN kernel_day(e.day) - 1 AND kernel_day(e.day)
                      AND (e.day > a.last_day_kept OR a.ground = 'import_undone')
                      AND e.body::jsonb #>> '{facts,erasure}' = a.erasure_id::text
                      AND e.body::jsonb #> '{facts,last_day_kept}' = to_jsonb(a.last_day_kept)
                      AND e.body::jsonb #>> '{facts,tenure}' IS NOT DISTINCT FROM a.tenure_id::text
                      AND NOT EXISTS (SELECT FROM lines_legalhold h WHERE h.line_id = a.line_id AND h.days @> kernel_day(e.day))
                   OFFSET 0)
                OR CASE a.ground
                       WHEN 'copy_over' THEN a.tenure_id IS NULL
                       WHEN 'tenure_ended' THEN NOT EXISTS (
                           SELECT FROM lines_tenure h JOIN ledger_entry e ON e.entry_id = h.ended_by_entry
                            WHERE h.line_id = a.line_id AND h.tenure_id = a.tenure_id
                              AND (upper(h.held) AT TIME ZONE kernel_zone())::date <= a.last_day_kept
                              AND (e.line_id = h.line_id OR e.verb = 'vault:canary:made') OFFSET 0)
                       ELSE a.tenure_id IS NOT NULL OR NOT lines_has_entry_of_end(a.line_id) OR NOT EXISTS (
                           SELECT FROM lines_line l
                            WHERE l.line_id = a.line_id AND l.terminated_on <= a.last_day_kept
                              AND (a.ground = 'service_ended' OR l.terminated_by = 'import_undone') OFFSET 0)
                   END)
    ) THEN
        RAISE EXCEPTION 'retention_erased_before_the_day' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION retention_hold_erasures_to_day FROM PUBLIC;
CREATE OR REPLACE TRIGGER retention_erasure_on_its_day AFTER INSERT ON retention_erasure
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT WHEN (kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION retention_hold_erasures_to_day();

-- An erasure of copies is done only when no row in vault_copy is about them.
CREATE OR REPLACE FUNCTION retention_hold_done_copies_to_rows() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM changed n JOIN lines_tenure h ON h.line_id = n.line_id AND h.tenure_id = n.tenure_id
          JOIN vault_copy c ON c.tenure_id = h.tenure_id
           AND c.person_id IN (h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id)
         WHERE n.ground = 'copy_over' AND n.done_at IS NOT NULL
    ) THEN
        RAISE EXCEPTION 'retention_copies_still_there' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION retention_hold_done_copies_to_rows FROM PUBLIC;
CREATE OR REPLACE TRIGGER retention_erasure_of_copies_is_done AFTER UPDATE ON retention_erasure
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT WHEN (kernel_acting_role() IN ('worker', 'console'))
    EXECUTE FUNCTION retention_hold_done_copies_to_rows();

CREATE OR REPLACE TRIGGER retention_erasure_after_a_restore BEFORE INSERT ON retention_erasure
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND NEW.ground = 'erased_before_restore')
    EXECUTE FUNCTION kernel_refuse('retention_erasure_after_a_restore_by_worker', 'insufficient_privilege');
