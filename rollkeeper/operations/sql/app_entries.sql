-- Requires, for every change by an app, the ledger entry that says so, written by the same transaction: checked when it commits.
-- Law: art. 11 (no entry, no action). Reads: access_staff, ledger_entry, lines_line, lines_tenure, notices_notice, selfcare_case. Writes: triggers on the tables in which apps
-- write rows themselves, and on tenures.
-- Plan: ledger_entry_by_commit, the few entries of the present transaction. Again: the same triggers.
-- Each line of the list: table, event, verbs (the entry has one of them; none: any verb), the entry's fact that names the row ("line": the entry's
-- line; none: no fact), and the column that the fact must equal.
CREATE OR REPLACE FUNCTION ledger_require_entry_of_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    verbs CONSTANT text[] := string_to_array(TG_ARGV[0], ' ');
    row_value CONSTANT text := CASE WHEN TG_ARGV[2] <> '' THEN to_jsonb(NEW) ->> TG_ARGV[2] END;
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry e
         WHERE e.xid = pg_current_xact_id() AND (TG_ARGV[0] = '' OR e.verb = ANY (verbs))
           AND CASE TG_ARGV[1] WHEN '' THEN true
                               WHEN 'line' THEN e.line_id::text = row_value
                               ELSE e.body::jsonb #>> ARRAY['facts', TG_ARGV[1]] = row_value END
    ) THEN
        RAISE EXCEPTION '%_changed_without_its_ledger_entry', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT * FROM (VALUES
        ('agents_agent', 'UPDATE', 'agents:agent:suspended', 'agent', 'agent_id'),
        ('agents_case', 'INSERT OR UPDATE', 'agents:case:opened agents:case:settled', 'case', 'case_id'),
        ('agents_registration', 'INSERT', 'agents:registration:recorded', 'line', 'line_id'),
        ('agents_reverification', 'INSERT', 'agents:reverification:started', 'line', 'line_id'),
        ('campaign_batch', 'UPDATE OF state', 'campaign:batch:approved campaign:batch:stopped campaign:batch:undo_requested', 'batch', 'batch_id'),
        ('campaign_complaint', 'INSERT', 'campaign:complaint:recorded line:line:disputed line:receipt:accepted', 'line', 'line_id'),
        ('campaign_stay', 'INSERT OR UPDATE', 'campaign:stay:entered campaign:stay:ended', 'stay', 'stay_id'),
        ('campaign_unreachablewaiver', 'INSERT', 'campaign:line:waived', 'line', 'line_id'),
        ('disclosures_request', 'UPDATE', 'disclosures:request:approved disclosures:request:refused', 'disclosure', 'disclosure_id'),
        ('imports_upload', 'INSERT', 'imports:upload:received', 'upload', 'upload_id'),
        ('incidents_duty', 'UPDATE', 'incidents:duty:met', 'incident', 'incident_id'),
        ('incidents_incident', 'UPDATE', 'incidents:incident:closed', 'incident', 'incident_id'),
        ('incidents_step', 'INSERT OR UPDATE', 'incidents:step:approved incidents:step:withdrawn', 'incident', 'incident_id'),
        ('lines_suspension', 'UPDATE', array_to_string(lines_verbs_of_registration() || ARRAY['line:clock:paused', 'line:line:disputed', 'line:line:marked_essential'], ' '), 'line', 'line_id'),
        ('notices_returnedletter', 'INSERT', 'notices:returned_letters:recorded', '', ''),
        ('provisioning_command', 'INSERT', '', 'line', 'line_id'),
        ('reporting_auditsample', 'INSERT', 'reporting:audit_sample:drawn', 'sample', 'sample_id'),
        ('selfcare_application', 'UPDATE', 'selfcare:application:checked', 'application', 'application_id'),
        ('selfcare_consent', 'INSERT', 'selfcare:consent:requested', 'consent', 'consent_id'),
        ('selfcare_reservedcode', 'INSERT', 'selfcare:code:reserved', 'line', 'line_id'),
        ('vault_file', 'INSERT', '', '', ''),
        ('vault_sealed', 'INSERT', '', '', '')
    ) AS listed (of_table, event, verbs, fact, of_column) LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS ledger_entry_of_change ON %I', one.of_table);
        EXECUTE format(
            'CREATE CONSTRAINT TRIGGER ledger_entry_of_change AFTER %s ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW'
            ' WHEN (kernel_is_app()) EXECUTE FUNCTION ledger_require_entry_of_change(%L, %L, %L)',
            one.event, one.of_table, one.verbs, one.fact, one.of_column);
    END LOOP;
END
$$;

-- A case is opened as its entry says: about that line, on that day, about a tenure of that line, and against a case about the same line.
CREATE OR REPLACE FUNCTION selfcare_require_entry_of_case() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
           SELECT FROM ledger_entry e CROSS JOIN LATERAL (SELECT e.body::jsonb -> 'facts') AS said (facts)
            WHERE e.xid = pg_current_xact_id() AND e.verb = 'selfcare:case:opened' AND e.line_id = NEW.line_id
              AND NEW.opened_on BETWEEN e.day - 1 AND e.day  -- or asked for before midnight
              AND (facts ->> 'case', facts ->> 'kind', facts ->> 'due_on') = (NEW.case_id::text, NEW.kind, NEW.due_on::text)
              AND facts ->> 'about' IS NOT DISTINCT FROM NEW.about)
       OR NEW.tenure_id IS NOT NULL AND NOT EXISTS (
           SELECT FROM lines_tenure h WHERE h.line_id = NEW.line_id AND h.tenure_id = NEW.tenure_id)
       OR NEW.against IS NOT NULL AND NOT EXISTS (
           SELECT FROM selfcare_case c WHERE c.case_id = NEW.against AND c.line_id = NEW.line_id)
    THEN
        RAISE EXCEPTION 'selfcare_case_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION selfcare_require_entry_of_case FROM PUBLIC;
DROP TRIGGER IF EXISTS ledger_entry_of_change ON selfcare_case;
CREATE CONSTRAINT TRIGGER ledger_entry_of_change AFTER INSERT ON selfcare_case DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_is_app()) EXECUTE FUNCTION selfcare_require_entry_of_case();

-- An account is closed by an entry with its own mark: otherwise one entry would close all accounts.
DROP FUNCTION IF EXISTS access_mark_of(uuid);
CREATE OR REPLACE FUNCTION access_require_entry_of_closing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ledger_entry e
                    WHERE e.xid = pg_current_xact_id() AND e.verb = 'access:staff:suspended'
                      AND e.body::jsonb #>> '{facts,staff}' = NEW.mark) THEN
        RAISE EXCEPTION 'access_staff_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION access_require_entry_of_closing FROM PUBLIC;
DROP TRIGGER IF EXISTS ledger_entry_of_change ON access_staff;
CREATE CONSTRAINT TRIGGER ledger_entry_of_change AFTER UPDATE OF is_active ON access_staff DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_is_app()) EXECUTE FUNCTION access_require_entry_of_closing();

-- A page's request to a worker about a campaign or a file has its ledger entry when it is made.
DROP TRIGGER IF EXISTS ledger_entry_of_campaign_request ON access_staffrequest;
CREATE CONSTRAINT TRIGGER ledger_entry_of_campaign_request AFTER INSERT OR UPDATE ON access_staffrequest DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_is_app() AND NEW.kind LIKE 'campaign-%')
    EXECUTE FUNCTION ledger_require_entry_of_change('campaign:work:requested campaign:undo:approved campaign:undo:withdrawn', 'request', 'request_id');
DROP TRIGGER IF EXISTS ledger_entry_of_upload_request ON access_staffrequest;
CREATE CONSTRAINT TRIGGER ledger_entry_of_upload_request AFTER INSERT ON access_staffrequest DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_is_app() AND NEW.kind LIKE 'imports-%')
    EXECUTE FUNCTION ledger_require_entry_of_change('imports:upload:received imports:upload:decided', 'upload', 'subject');

-- A replaced SIM keeps the line's subscriber from signing in at the portal for some days. So an app enters one only for a line whose subscriber is
-- notified, and each counts as a lookup, which no rollback takes back: an attacker cannot lock subscribers out unnoticed, or in masses.
CREATE OR REPLACE FUNCTION ledger_require_told_subscriber() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    IF NOT EXISTS (
        SELECT FROM lines_line l JOIN notices_notice n USING (line_id)
         WHERE l.line_id = NEW.line_id AND l.is_registered AND n.kind = 'sim_replaced' AND n.state = 'queued' AND n.queued_on = NEW.day
    ) THEN
        RAISE EXCEPTION 'ledger_entry_of_a_sim_whose_subscriber_is_not_told' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION ledger_require_told_subscriber FROM PUBLIC;
DROP TRIGGER IF EXISTS ledger_sim_replaced ON ledger_entry;
CREATE CONSTRAINT TRIGGER ledger_sim_replaced AFTER INSERT ON ledger_entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.verb = 'line:sim:replaced' AND kernel_is_app()) EXECUTE FUNCTION ledger_require_told_subscriber();

-- An app that could queue notices at will could send them to all lines of a nation at night. So a notice is about what an entry of the same
-- transaction says was done to its line, or to another line of the same person. A notice that a counter queues also counts as a lookup, since a
-- counter may enter what was not done: it could tell a nation at night that its contracts ended.
CREATE OR REPLACE TRIGGER notices_at_counter_counted BEFORE INSERT ON notices_notice
    FOR EACH ROW WHEN (kernel_acting_role() = 'counter' AND NEW.kind <> 'sim_replaced') EXECUTE FUNCTION access_count_row();
-- A line has one open case of a kind, and a second one is refused. Without a count, an app could try and roll back without end, and learn for which
-- lines a death is reported or a forged document suspected.
CREATE OR REPLACE TRIGGER selfcare_case_at_counter_counted BEFORE INSERT ON selfcare_case
    FOR EACH ROW WHEN (kernel_acting_role() = 'counter') EXECUTE FUNCTION access_count_row();
CREATE OR REPLACE FUNCTION notices_require_entry_of_notice() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    verbs CONSTANT text[] := CASE NEW.kind
        WHEN 'record_changed' THEN ARRAY['line:tenure:corrected', 'line:line:relocated', 'line:document:linked', 'line:document:unlinked']
        WHEN 'sim_replaced' THEN ARRAY['line:sim:replaced']
        WHEN 'document_by' THEN ARRAY['line:route:used']
        WHEN 'terminated' THEN ARRAY['line:line:terminated']
        WHEN 'confirm_record' THEN ARRAY['agents:reverification:started']
        WHEN 'audit_asked' THEN ARRAY['selfcare:consent:requested']
        WHEN 'new_line_in_your_name' THEN lines_verbs_of_registration() END;
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry e
         WHERE e.xid = pg_current_xact_id() AND (verbs IS NULL OR e.verb = ANY (verbs))
           AND CASE NEW.kind WHEN 'new_line_in_your_name' THEN EXISTS (
                                 SELECT FROM lines_tenure h
                                  WHERE h.line_id = NEW.line_id AND upper_inf(h.held)
                                    AND h.person_id IN (SELECT subscribers_references_of(e.person_id)))
                             ELSE e.line_id = NEW.line_id END
    ) THEN
        RAISE EXCEPTION 'notices_notice_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION notices_require_entry_of_notice FROM PUBLIC;
DROP TRIGGER IF EXISTS ledger_entry_of_change ON notices_notice;
CREATE CONSTRAINT TRIGGER ledger_entry_of_change AFTER INSERT ON notices_notice DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (kernel_is_app()) EXECUTE FUNCTION notices_require_entry_of_notice();

-- Returns the queued notices of one kind to a line. PostgreSQL puts this function into its caller's plan, so it is not called for each line.
DROP FUNCTION IF EXISTS notices_tells;
CREATE OR REPLACE FUNCTION notices_telling(line uuid, of_kind text, since date) RETURNS SETOF uuid
LANGUAGE sql STABLE AS $$
    SELECT n.notice_id FROM notices_notice n
     WHERE n.line_id = line AND n.kind = of_kind AND n.state = 'queued' AND n.campaign_id IS NULL AND n.promised_on IS NULL
       AND n.queued_on >= since
$$;
REVOKE ALL ON FUNCTION notices_telling FROM PUBLIC;

-- A person who gets a line in their name is notified on each of their other lines, as `registration/side_effects.py` does. Otherwise a counter could
-- register a line to them unnoticed and, some days later, read on that line what is recorded about them. A subscriber who already has the line is
-- notified there of what changed, unless they were only accepted for a time.
CREATE OR REPLACE FUNCTION lines_require_told_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    today CONSTANT date := (SELECT e.day FROM ledger_entry e WHERE e.entry_id = NEW.begun_by_entry) - 1;  -- or asked for before midnight
    former record;
BEGIN
    SELECT b.accepted_through INTO former FROM lines_tenure b
     WHERE b.line_id = NEW.line_id AND b.person_id = NEW.person_id AND upper(b.held) = lower(NEW.held);
    IF (CASE WHEN FOUND THEN former.accepted_through IS NULL AND NOT EXISTS (SELECT FROM notices_telling(NEW.line_id, 'record_changed', today))
            ELSE EXISTS (
        SELECT FROM subscribers_references_of(NEW.person_id) AS one (person_id)
         CROSS JOIN LATERAL (SELECT t.line_id FROM lines_tenure t WHERE t.person_id = one.person_id AND upper_inf(t.held)
                                AND t.contested_on IS NULL AND t.line_id <> NEW.line_id OFFSET 0) AS other
          JOIN lines_line l USING (line_id)
         WHERE l.state IN ('active', 'suspended') AND NOT EXISTS (SELECT FROM notices_telling(other.line_id, 'new_line_in_your_name', today))) END)
    THEN
        RAISE EXCEPTION 'lines_tenure_of_a_person_who_is_not_told' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION lines_require_told_person FROM PUBLIC;
DROP TRIGGER IF EXISTS lines_tenure_told ON lines_tenure;
CREATE CONSTRAINT TRIGGER lines_tenure_told AFTER INSERT ON lines_tenure DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (kernel_is_app()) EXECUTE FUNCTION lines_require_told_person();

-- When two references are joined or parted, each line of either is notified, as `registration/document_links.py` does: the documents of one prove
-- the identity of the other, and limits count the lines of both.
CREATE OR REPLACE FUNCTION subscribers_require_told_people() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    link CONSTANT jsonb := to_jsonb(CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END);
    today CONSTANT date := (SELECT max(e.day) FROM ledger_entry e WHERE e.xid = pg_current_xact_id() AND e.verb LIKE 'line:document:%') - 1;
BEGIN
    IF today IS NULL OR EXISTS (
        SELECT FROM (VALUES ((link ->> 'person_id')::uuid), ((link ->> 'principal_id')::uuid)) AS of_link (person_id)
         CROSS JOIN LATERAL (SELECT of_link.person_id UNION SELECT subscribers_references_of(of_link.person_id)) AS one (person_id)
          JOIN lines_tenure t ON t.person_id = one.person_id AND upper_inf(t.held) AND t.contested_on IS NULL
          JOIN lines_line l USING (line_id)
         WHERE l.state IN ('active', 'suspended') AND NOT EXISTS (SELECT FROM notices_telling(l.line_id, 'record_changed', today)))
    THEN
        RAISE EXCEPTION 'subscribers_joined_or_parted_unnotified' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION subscribers_require_told_people FROM PUBLIC;
DROP TRIGGER IF EXISTS subscribers_personlink_told ON subscribers_personlink;
CREATE CONSTRAINT TRIGGER subscribers_personlink_told AFTER INSERT OR DELETE ON subscribers_personlink DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_is_app()) EXECUTE FUNCTION subscribers_require_told_people();

-- A counter seals only for a tenure that it begins. For an older tenure the primary key would refuse a row that exists already, and so tell what is
-- recorded: a former SIM, for example, is kept only while a legal hold protects the line. The tenure's reference says when it was made.
CREATE OR REPLACE TRIGGER vault_sealed_of_new_tenure BEFORE INSERT ON vault_sealed
    FOR EACH ROW WHEN (current_user = 'counter' AND (uuid_extract_timestamp(NEW.tenure_id) > clock_timestamp() - interval '10 minutes') IS NOT TRUE)
    EXECUTE FUNCTION kernel_refuse('vault_sealed_of_an_older_tenure', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER vault_copy_of_new_tenure BEFORE INSERT ON vault_copy
    FOR EACH ROW WHEN (current_user = 'counter' AND (uuid_extract_timestamp(NEW.tenure_id) > clock_timestamp() - interval '10 minutes') IS NOT TRUE)
    EXECUTE FUNCTION kernel_refuse('vault_copy_of_an_older_tenure', 'insufficient_privilege');

-- Only a command opens a closed account again. A disclosure request that was decided or closed is not decided again.
CREATE OR REPLACE TRIGGER access_staff_reopened BEFORE UPDATE OF is_active ON access_staff
    FOR EACH ROW WHEN (kernel_is_app() AND NEW.is_active AND NOT OLD.is_active)
    EXECUTE FUNCTION kernel_refuse('access_staff_changed_by_an_app', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER disclosures_request_decided BEFORE UPDATE ON disclosures_request
    FOR EACH ROW WHEN (kernel_is_app() AND (OLD.state NOT IN ('waiting', 'approved') OR NEW.state NOT IN ('waiting', 'approved', 'refused')))
    EXECUTE FUNCTION kernel_refuse('disclosures_request_changed_by_an_app', 'insufficient_privilege');
-- A page may suspend an agent, but only a worker reinstates one. A case of unusual activity is settled once. A page says of an incident's step that
-- it is approved or withdrawn, never that it was done.
CREATE OR REPLACE TRIGGER agents_agent_suspended BEFORE UPDATE ON agents_agent
    FOR EACH ROW WHEN (kernel_is_app() AND (NEW.state <> 'suspended' OR OLD.state = 'terminated' OR NOT NEW.closed_accounts @> OLD.closed_accounts
                                            OR NEW.suspended_on IS DISTINCT FROM coalesce(OLD.suspended_on, NEW.suspended_on)))
    EXECUTE FUNCTION kernel_refuse('agents_agent_changed_by_an_app', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER agents_case_settled BEFORE UPDATE ON agents_case
    FOR EACH ROW WHEN (kernel_is_app() AND OLD.settled_on IS NOT NULL)
    EXECUTE FUNCTION kernel_refuse('agents_case_changed_by_an_app', 'insufficient_privilege');
-- Both tables take only words that the program knows: one unknown word would keep every case from being shown, or every step from being done.
CREATE OR REPLACE TRIGGER agents_case_known BEFORE INSERT OR UPDATE ON agents_case
    FOR EACH ROW WHEN (kernel_is_app() AND NEW.pattern NOT IN ('rate', 'one_person', 'outlets', 'hours', 'after_suspension', 'duplicate_image',
                                                               'abandoned', 'not_confirmed'))
    EXECUTE FUNCTION kernel_refuse('agents_case_of_no_pattern', 'check_violation');
CREATE OR REPLACE TRIGGER incidents_step_known BEFORE INSERT ON incidents_step
    FOR EACH ROW WHEN (kernel_is_app() AND (NEW.step NOT IN ('scope', 'suspend_accounts', 'sign_out_everyone', 'rotate_keys', 'reseal', 'notify_people')
                                            OR NEW.state NOT IN ('pending', 'approved')))
    EXECUTE FUNCTION kernel_refuse('incidents_step_of_no_kind', 'check_violation');
CREATE OR REPLACE TRIGGER incidents_step_decided BEFORE UPDATE ON incidents_step
    FOR EACH ROW WHEN (kernel_is_app() AND (OLD.ended_at IS NOT NULL OR NEW.state NOT IN ('pending', 'approved', 'withdrawn')))
    EXECUTE FUNCTION kernel_refuse('incidents_step_changed_by_an_app', 'insufficient_privilege');
