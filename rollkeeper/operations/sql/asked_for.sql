-- Lets the worker's role do these things only when a person asked for it on a page, and once for each request: begin a campaign, put it under
-- another law or another day, ask registered subscribers again, close or cancel it, begin an import, undo an import, change a setting.
-- Law: art. 3, 11. Reads: access_approval, access_rolegrant, access_staff, access_staffrequest, agents_assignment, reporting_report. Writes:
-- triggers on access_approval, access_staff, campaign_campaign, imports_import, ledger_entry, lines_line, reporting_report and selfcare_case.
-- Plan: one row of access_staffrequest for each such act. Again: the same triggers.
-- An attacker with the session of a worker can make no request: only a page's role may (access/sql/staff_requests.sql).
CREATE OR REPLACE FUNCTION access_act_as_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kinds CONSTANT text[] := string_to_array(TG_ARGV[0], ' ');
BEGIN
    -- One request begins one campaign or import. A change may take several statements of one transaction.
    IF TG_OP = 'INSERT' OR NOT access_has_used_request(kinds) THEN
        PERFORM access_use_request(kinds, NULL);
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION access_act_as_asked FROM PUBLIC;

-- One request plans all campaigns of a law: the first campaign uses it up, and the others follow under the same version of the law.
CREATE OR REPLACE FUNCTION access_begin_campaign_as_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT access_has_used_request(ARRAY['campaign-plan']) OR NOT EXISTS (
        SELECT FROM campaign_campaign c
         WHERE c.campaign_id <> NEW.campaign_id AND c.closed_on IS NULL AND c.campaign_name <> NEW.campaign_name
           AND (c.law_id, c.pack_id, c.pack_hash) = (NEW.law_id, NEW.pack_id, NEW.pack_hash))
    THEN
        PERFORM access_use_request(ARRAY['campaign-plan'], NULL);
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION access_begin_campaign_as_asked FROM PUBLIC;

-- A request closes the campaign that it is about, and no other that is open at the time.
CREATE OR REPLACE FUNCTION access_close_campaign_as_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT access_has_used_request_about(ARRAY['campaign-close', 'cancel-campaign'], NEW.campaign_id) THEN
        PERFORM access_use_request(ARRAY['campaign-close', 'cancel-campaign'], NEW.campaign_id);
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION access_close_campaign_as_asked FROM PUBLIC;

-- After, not before: an import that continues, and a campaign that is planned again, find the existing row and insert none.
CREATE OR REPLACE TRIGGER campaign_begun_as_asked AFTER INSERT ON campaign_campaign
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker') EXECUTE FUNCTION access_begin_campaign_as_asked();
CREATE OR REPLACE TRIGGER campaign_changed_as_asked BEFORE UPDATE ON campaign_campaign
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND (NEW.pack_id, NEW.law_id, NEW.campaign_name, NEW.pack_hash, NEW.begins_on)
                       IS DISTINCT FROM (OLD.pack_id, OLD.law_id, OLD.campaign_name, OLD.pack_hash, OLD.begins_on))
    EXECUTE FUNCTION access_act_as_asked('campaign-plan');
CREATE OR REPLACE TRIGGER campaign_closed_as_asked BEFORE UPDATE ON campaign_campaign
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND NEW.closed_on IS NOT NULL AND NEW.closed_on IS DISTINCT FROM OLD.closed_on)
    EXECUTE FUNCTION access_close_campaign_as_asked();
-- A campaign would otherwise take service from people who are registered, and whom no law asks again.
CREATE OR REPLACE TRIGGER lines_line_asked_again_as_planned BEFORE UPDATE OF must_reverify ON lines_line
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND NEW.must_reverify AND NOT OLD.must_reverify)
    EXECUTE FUNCTION access_act_as_asked('campaign-plan');
CREATE OR REPLACE TRIGGER imports_begun_as_asked AFTER INSERT ON imports_import
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker') EXECUTE FUNCTION access_act_as_asked('imports-import');
CREATE OR REPLACE TRIGGER imports_undone_as_asked BEFORE UPDATE ON imports_import
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND NEW.undone_at IS DISTINCT FROM OLD.undone_at)
    EXECUTE FUNCTION access_act_as_asked('undo-import');

-- The ledger entry of such an action needs a request too: a plan that only adds lines writes no other row.
CREATE OR REPLACE FUNCTION access_enter_as_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    kinds CONSTANT text[] := CASE NEW.verb WHEN 'campaign:campaign:planned' THEN ARRAY['campaign-plan']
                                           WHEN 'campaign:campaign:closed' THEN ARRAY['campaign-close']
                                           WHEN 'campaign:campaign:cancelled' THEN ARRAY['cancel-campaign']
                                           WHEN 'access:setting:changed' THEN ARRAY['change-settings']
                                           ELSE ARRAY['undo-import'] END;
BEGIN
    IF NEW.verb IN ('campaign:campaign:closed', 'campaign:campaign:cancelled') THEN
        IF NOT access_has_used_request_about(kinds, (NEW.body::jsonb #>> '{facts,campaign}')::uuid) THEN
            PERFORM access_use_request(kinds, coalesce((NEW.body::jsonb #>> '{facts,campaign}')::uuid, '00000000-0000-0000-0000-000000000000'));
        END IF;
    ELSIF NOT access_has_used_request(kinds) THEN
        PERFORM access_use_request(kinds, NULL);
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION access_enter_as_asked FROM PUBLIC;
CREATE OR REPLACE TRIGGER ledger_entered_as_asked BEFORE INSERT ON ledger_entry
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND NEW.verb IN (
        'campaign:campaign:planned', 'campaign:campaign:closed', 'campaign:campaign:cancelled', 'imports:import:undone', 'imports:line:undone', 'access:setting:changed'))
    EXECUTE FUNCTION access_enter_as_asked();

-- A worker opens closed accounts again only for an agent's people, who work only at a counter, and only while it answers the request of another
-- person, whose account is open.
CREATE OR REPLACE FUNCTION access_reopen_as_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM access_staffrequest r JOIN access_staff s USING (staff_id)
                    WHERE r.kind = 'agent-action' AND r.state = 'approved' AND s.is_active AND r.staff_id <> NEW.staff_id
                      AND r.made_at > clock_timestamp() - interval '1 day')
       OR NOT EXISTS (SELECT FROM agents_assignment a WHERE a.staff_id = NEW.staff_id)
       OR EXISTS (SELECT FROM access_rolegrant g WHERE g.staff_id = NEW.staff_id AND g.role NOT IN ('clerk', 'supervisor')) THEN
        RAISE EXCEPTION 'access_no_person_asked_for_it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION access_reopen_as_asked FROM PUBLIC;
CREATE OR REPLACE TRIGGER access_staff_reopened_as_asked BEFORE UPDATE OF is_active ON access_staff
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND NEW.is_active AND NOT OLD.is_active) EXECUTE FUNCTION access_reopen_as_asked();

-- A worker writes down a person's decision from a page exactly as they made it: their finding in that case, the exact text of that report. It never
-- writes that a person does not approve (access/sql/approvals_of_a_role.sql says which kinds it may write at all, and while which request waits).
CREATE OR REPLACE FUNCTION access_approve_as_asked() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT NEW.approves OR NOT EXISTS (
        SELECT FROM access_staffrequest r JOIN access_staff s USING (staff_id)
         WHERE r.staff_id = NEW.staff_id AND r.state = 'approved' AND s.is_active AND r.made_at > clock_timestamp() - interval '1 day'
           AND CASE NEW.permission
                   WHEN 'decide_forgery' THEN r.kind = 'decide-case' AND r.payload ->> 'case' = NEW.subject::text
                       AND NEW.content = CASE r.payload ->> 'upheld' WHEN 'true' THEN 'genuine' WHEN 'false' THEN 'forged' END
                   WHEN 'publish_report' THEN r.kind = 'publish-report' AND EXISTS (
                       SELECT FROM reporting_report t
                        WHERE t.period = r.payload ->> 'period' AND NEW.content = encode(sha256(convert_to(t.report, 'UTF8')), 'hex'))
               END)
    THEN
        RAISE EXCEPTION 'access_no_person_approved_it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION access_approve_as_asked FROM PUBLIC;
CREATE OR REPLACE TRIGGER access_approval_as_asked BEFORE INSERT ON access_approval
    FOR EACH ROW WHEN (current_user = 'worker') EXECUTE FUNCTION access_approve_as_asked();

-- A worker publishes a report only after two people approved its exact text. A command publishes the report that it makes.
CREATE OR REPLACE FUNCTION reporting_publish_as_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF (SELECT count(DISTINCT a.staff_id) FROM access_approval a JOIN access_staff s USING (staff_id)
         WHERE a.permission = 'publish_report' AND a.approves AND s.is_active
           AND a.content = encode(sha256(convert_to(NEW.report, 'UTF8')), 'hex')) < 2
    THEN
        RAISE EXCEPTION 'reporting_report_published_without_two_people' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION reporting_publish_as_approved FROM PUBLIC;
CREATE OR REPLACE TRIGGER reporting_report_published_as_approved BEFORE INSERT OR UPDATE ON reporting_report
    FOR EACH ROW WHEN (NEW.published_on IS NOT NULL AND current_user = 'worker') EXECUTE FUNCTION reporting_publish_as_approved();

-- A case is decided once, and its decision and the person who decided are those of its ledger entry.
CREATE OR REPLACE TRIGGER selfcare_case_decided_once BEFORE UPDATE ON selfcare_case
    FOR EACH ROW WHEN ((OLD.settled_on IS NOT NULL OR NEW.settled_on IS NULL)
                       AND (NEW.settled_on, NEW.upheld, NEW.because, NEW.settled_by) IS DISTINCT FROM (OLD.settled_on, OLD.upheld, OLD.because, OLD.settled_by)
                       AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('selfcare_case_decided_again', 'insufficient_privilege');
CREATE OR REPLACE FUNCTION selfcare_require_entry_of_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_entry e CROSS JOIN LATERAL (SELECT e.body::jsonb AS body) AS said
         WHERE e.xid = pg_current_xact_id() AND e.verb = 'selfcare:case:settled' AND e.line_id = NEW.line_id
           AND said.body #>> '{facts,case}' = NEW.case_id::text AND said.body #> '{facts,upheld}' = to_jsonb(NEW.upheld)
           AND said.body #>> '{facts,because}' IS NOT DISTINCT FROM NEW.because AND said.body ->> 'actor' = NEW.settled_by)
    THEN
        RAISE EXCEPTION 'selfcare_case_decided_without_its_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION selfcare_require_entry_of_decision FROM PUBLIC;
DROP TRIGGER IF EXISTS selfcare_case_decided_by_entry ON selfcare_case;
CREATE CONSTRAINT TRIGGER selfcare_case_decided_by_entry AFTER UPDATE OF settled_on ON selfcare_case DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.settled_on IS NOT NULL AND OLD.settled_on IS NULL AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION selfcare_require_entry_of_decision();
