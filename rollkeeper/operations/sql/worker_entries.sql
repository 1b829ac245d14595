-- Demands the ledger entry for each change by a worker, or by a command, of agents, disclosures, incidents, offline registrations, legal holds,
-- consents and reports; the same transaction writes the entry. Otherwise an attacker with a worker's session could let a dismissed agent register,
-- conceal from a person that their data was disclosed or exposed, and hold or free a record.
-- Law: art. 11 (no entry, no action). Reads: ledger_entry. Writes: triggers on these tables. Plan: ledger_entry_by_commit, the few entries of the
-- present transaction. Again: the same triggers.
-- Each line of the list: table, event, the change of the row that needs an entry (empty: any), and the rest as in app_entries.sql.
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN SELECT t.tgname AS called, t.tgrelid::regclass AS of_table FROM pg_trigger t WHERE t.tgname LIKE 'ledger\_entry\_of\_worker%' LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', one.called, one.of_table);
    END LOOP;
    FOR one IN SELECT row_number() OVER () AS nth, listed.* FROM (VALUES
        ('agents_agent', 'INSERT', '', 'agents:agent:added', 'agent', 'agent_id'),
        ('agents_agent', 'UPDATE', '', 'agents:agent:approved agents:agent:suspended agents:agent:reinstated agents:agent:terminated', 'agent', 'agent_id'),
        ('agents_assignment', 'INSERT OR UPDATE', '', 'agents:staff:assigned agents:staff:unassigned', 'outlet', 'outlet_id'),
        ('agents_audit', 'INSERT OR UPDATE', '', 'agents:agent:audited', 'audit', 'audit_id'),
        ('agents_case', 'INSERT OR UPDATE', '', 'agents:case:opened agents:case:settled', 'case', 'case_id'),
        ('agents_device', 'INSERT OR UPDATE', '', 'agents:device:registered agents:device:removed', 'device', 'device_id'),
        ('agents_finding', 'INSERT', '', 'agents:agent:audited', 'audit', 'audit_id'),
        ('agents_finding', 'UPDATE', '', 'agents:finding:remediated', 'finding', 'finding_id'),
        ('agents_outlet', 'INSERT OR UPDATE', '', 'agents:outlet:opened agents:outlet:changed agents:outlet:closed', 'outlet', 'outlet_id'),
        ('agents_registration', 'INSERT', '', 'agents:registration:recorded', 'line', 'line_id'),
        ('agents_requirementmet', 'INSERT OR UPDATE', '', 'agents:requirement:attested', 'agent', 'agent_id'),
        ('agents_reverification', 'INSERT', '', 'agents:reverification:started', 'line', 'line_id'),
        ('agents_reverification', 'UPDATE', '(NEW.settled_on, NEW.outcome) IS DISTINCT FROM (OLD.settled_on, OLD.outcome)',
         'agents:reverification:settled agents:reverification:started', 'line', 'line_id'),
        ('campaign_unreachablewaiver', 'INSERT', '', 'campaign:line:waived', 'line', 'line_id'),
        ('disclosures_request', 'UPDATE', '(NEW.notified_on, NEW.is_notice_queued) IS DISTINCT FROM (OLD.notified_on, OLD.is_notice_queued)',
         'disclosures:person:notified', 'disclosure', 'disclosure_id'),
        ('disclosures_request', 'UPDATE', 'NEW.erased_on IS DISTINCT FROM OLD.erased_on', 'disclosures:request:erased', 'disclosure', 'disclosure_id'),
        ('disclosures_request', 'UPDATE', '(NEW.state, NEW.closed_on) IS DISTINCT FROM (OLD.state, OLD.closed_on)',
         'disclosures:request:expired disclosures:request:approved disclosures:request:refused disclosures:request:opened disclosures:request:delivered',
         'disclosure', 'disclosure_id'),
        ('incidents_duty', 'INSERT OR UPDATE', '', 'incidents:incident:opened incidents:duty:met', 'incident', 'incident_id'),
        ('incidents_incident', 'INSERT', '', 'incidents:incident:opened', 'incident', 'incident_id'),
        ('incidents_incident', 'UPDATE', 'to_jsonb(NEW) - ''drafted'' <> to_jsonb(OLD) - ''drafted''',
         'incidents:incident:scoped incidents:people:notified incidents:incident:closed', 'incident', 'incident_id'),
        ('incidents_remedy', 'INSERT', '', 'incidents:remedy:applied', 'incident', 'incident_id'),
        ('lines_legalhold', 'INSERT', '', 'line:legal_hold:added', 'line', 'line_id'),
        ('lines_legalhold', 'UPDATE', 'NEW.days <> OLD.days', 'line:legal_hold:ended', 'line', 'line_id'),
        ('notices_wording', 'INSERT OR UPDATE', '', 'incidents:notice:worded', 'incident', 'wording_id'),
        ('offline_registration', 'UPDATE', 'NEW.outcome IN (''done'', ''refused'') AND NEW.outcome IS DISTINCT FROM OLD.outcome',
         'offline:registration:processed', 'ticket', 'ticket_id'),
        ('reporting_quarter', 'INSERT', '', 'reporting:quarter:counted', '', ''),
        ('reporting_report', 'INSERT', '', 'reporting:report:made', '', ''),
        -- Who contested a line no longer gets notices on it, nor reads at the portal what is recorded about them.
        ('lines_tenure', 'UPDATE', 'NEW.contested_on IS NOT NULL AND NEW.contested_on IS DISTINCT FROM OLD.contested_on', 'selfcare:case:opened', 'line', 'line_id'),
        ('lines_tenure', 'UPDATE', 'NEW.contested_on IS NULL AND OLD.contested_on IS NOT NULL', 'selfcare:case:settled', 'line', 'line_id'),
        ('selfcare_consent', 'UPDATE', '', 'selfcare:consent:given selfcare:consent:withdrawn', 'consent', 'consent_id')
    ) AS listed (of_table, event, changed, verbs, fact, of_column) LOOP
        EXECUTE format(
            'CREATE CONSTRAINT TRIGGER %I AFTER %s ON %I DEFERRABLE INITIALLY DEFERRED FOR EACH ROW'
            ' WHEN (%s kernel_acting_role() IN (''worker'', ''console'')) EXECUTE FUNCTION ledger_require_entry_of_change(%L, %L, %L)',
            'ledger_entry_of_worker_' || one.nth, one.event, one.of_table,
            CASE WHEN one.changed <> '' THEN '(' || one.changed || ') AND' ELSE '' END, one.verbs, one.fact, one.of_column);
    END LOOP;
END
$$;

-- A subscriber names a person, replaces or removes them, with an entry on a line that they have now. Of an erased subscriber no one stays named.
CREATE OR REPLACE FUNCTION selfcare_require_entry_of_delegate() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    named CONSTANT selfcare_delegate := CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
BEGIN
    IF NOT EXISTS (
           SELECT FROM ledger_entry e JOIN lines_tenure h ON h.line_id = e.line_id AND upper_inf(h.held)
            WHERE e.xid = pg_current_xact_id() AND e.verb = CASE TG_OP WHEN 'DELETE' THEN 'selfcare:delegate:removed' ELSE 'selfcare:delegate:added' END
              AND e.body::jsonb #>> '{facts,part}' = named.part AND h.person_id IN (SELECT subscribers_references_of(named.person_id)))
       AND NOT (TG_OP = 'DELETE' AND EXISTS (SELECT FROM subscribers_subscriber s WHERE s.person_id = named.person_id AND s.erased_on IS NOT NULL))
    THEN
        RAISE EXCEPTION 'selfcare_delegate_changed_without_its_ledger_entry' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION selfcare_require_entry_of_delegate FROM PUBLIC;
DROP TRIGGER IF EXISTS selfcare_delegate_by_entry ON selfcare_delegate;
CREATE CONSTRAINT TRIGGER selfcare_delegate_by_entry AFTER INSERT OR UPDATE OR DELETE ON selfcare_delegate DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (kernel_acting_role() IN ('worker', 'console')) EXECUTE FUNCTION selfcare_require_entry_of_delegate();

-- A request stays about the person whom two people approved. A worker may only let a request expire, and empty it when it is closed and erased and
-- the person was notified of what was disclosed.
CREATE OR REPLACE TRIGGER disclosures_request_ended BEFORE UPDATE ON disclosures_request
    FOR EACH ROW WHEN (kernel_acting_role() = 'worker' AND (
        NEW.state <> OLD.state AND NEW.state <> 'expired'
        OR (NEW.number_mark, NEW.instrument_mark, NEW.file_mark, NEW.file_id, NEW.line_id, NEW.person_id, NEW.held_on, NEW.held_at)
            IS DISTINCT FROM
           (OLD.number_mark, OLD.instrument_mark, OLD.file_mark, OLD.file_id, OLD.line_id, OLD.person_id, OLD.held_on, OLD.held_at)
           AND (NEW.erased_on IS NULL OR OLD.erased_on IS NOT NULL OR NEW.closed_on IS NULL
                OR OLD.person_id IS NOT NULL AND OLD.notified_on IS NULL AND OLD.outcome IS DISTINCT FROM 'nothing_held'
                OR num_nonnulls(NEW.number_mark, NEW.instrument_mark, NEW.file_mark, NEW.file_id, NEW.line_id, NEW.person_id, NEW.held_on,
                                NEW.held_at) > 0)))
    EXECUTE FUNCTION kernel_refuse('disclosures_request_changed_by_an_app', 'insufficient_privilege');

-- An offline registration is done as the counter handed it in, or as it was approved: its seal is opened or destroyed, never replaced. It is deleted
-- only after it was done.
CREATE OR REPLACE TRIGGER offline_registration_as_it_came BEFORE UPDATE ON offline_registration
    FOR EACH ROW WHEN ((NEW.sealed IS DISTINCT FROM OLD.sealed AND (NEW.sealed IS NOT NULL OR NEW.outcome IS NULL OR NEW.outcome = 'failed')
                        OR OLD.needs_approval AND NOT NEW.needs_approval OR NEW.action_kind IS DISTINCT FROM coalesce(OLD.action_kind, NEW.action_kind))
                       AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('offline_registration_changed_by_worker', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER offline_registration_done_first BEFORE DELETE ON offline_registration
    FOR EACH ROW WHEN ((OLD.outcome IS NULL OR OLD.outcome = 'failed') AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('offline_registration_dropped_by_worker', 'insufficient_privilege');

-- A record is erased, and a line loses its number and address, only by an erasure that says so.
CREATE OR REPLACE FUNCTION retention_require_erasure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_tenure CONSTANT text := CASE TG_ARGV[0] WHEN 'tenure' THEN to_jsonb(NEW) ->> 'tenure_id' END;
BEGIN
    IF NOT EXISTS (SELECT FROM retention_erasure r
                    WHERE r.line_id = NEW.line_id AND r.ground <> 'copy_over'
                      AND (r.tenure_id IS NULL OR TG_ARGV[0] = 'contact' OR r.tenure_id::text = of_tenure)) THEN
        RAISE EXCEPTION 'retention_forgotten_without_its_erasure' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION retention_require_erasure FROM PUBLIC;
CREATE OR REPLACE TRIGGER lines_tenure_erased AFTER UPDATE OF erased_on ON lines_tenure
    FOR EACH ROW WHEN (NEW.erased_on IS DISTINCT FROM OLD.erased_on AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION retention_require_erasure('tenure');
CREATE OR REPLACE TRIGGER lines_line_erased AFTER UPDATE OF erased_on, number_sealed ON lines_line
    FOR EACH ROW WHEN ((NEW.erased_on IS DISTINCT FROM OLD.erased_on OR (NEW.number_sealed IS NULL) <> (OLD.number_sealed IS NULL))
                       AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION retention_require_erasure('line');
CREATE OR REPLACE TRIGGER lines_line_contact_erased AFTER UPDATE OF contact_sealed, contact_kind ON lines_line
    FOR EACH ROW WHEN (((NEW.contact_sealed IS NULL) <> (OLD.contact_sealed IS NULL) OR NEW.contact_kind IS DISTINCT FROM OLD.contact_kind)
                       AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION retention_require_erasure('contact');
-- Any process can seal a value: an attacker who replaced an address would receive its codes and notices. A rotation seals to a newer epoch, which
-- bytes 3 to 6 name (vault/__init__.py).
CREATE OR REPLACE TRIGGER lines_line_sealed_later BEFORE UPDATE OF number_sealed, contact_sealed ON lines_line
    FOR EACH ROW WHEN ((NEW.number_sealed <> OLD.number_sealed AND substring(NEW.number_sealed FROM 3 FOR 4) <= substring(OLD.number_sealed FROM 3 FOR 4)
                        OR NEW.contact_sealed <> OLD.contact_sealed
                           AND substring(NEW.contact_sealed FROM 3 FOR 4) <= substring(OLD.contact_sealed FROM 3 FOR 4)
                        OR NEW.contact_sealed IS NOT NULL AND OLD.contact_sealed IS NULL)
                       AND current_user IN ('worker', 'console'))
    EXECUTE FUNCTION kernel_refuse('lines_line_sealed_to_no_newer_epoch', 'insufficient_privilege');

-- A person of whom anything is sealed is not erased, and keeps their documents and references. Two joined references are parted if one of them
-- has nothing sealed.
CREATE OR REPLACE FUNCTION subscribers_require_nothing_sealed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    of_whom CONSTANT jsonb := to_jsonb(OLD);
BEGIN
    IF EXISTS (SELECT FROM vault_sealed v WHERE v.person_id = OLD.person_id)
       AND (of_whom ->> 'principal_id' IS NULL OR EXISTS (SELECT FROM vault_sealed v WHERE v.person_id = (of_whom ->> 'principal_id')::uuid))
    THEN
        RAISE EXCEPTION 'subscribers_forgotten_of_whom_something_is_sealed' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END
$$;
REVOKE ALL ON FUNCTION subscribers_require_nothing_sealed FROM PUBLIC;
CREATE OR REPLACE TRIGGER subscribers_subscriber_erased AFTER UPDATE OF erased_on ON subscribers_subscriber
    FOR EACH ROW WHEN (current_user IN ('worker', 'console')) EXECUTE FUNCTION subscribers_require_nothing_sealed();
CREATE OR REPLACE TRIGGER subscribers_document_forgotten AFTER DELETE ON subscribers_document
    FOR EACH ROW WHEN (current_user IN ('worker', 'console')) EXECUTE FUNCTION subscribers_require_nothing_sealed();
CREATE OR REPLACE TRIGGER subscribers_personlink_forgotten AFTER UPDATE OF principal_id OR DELETE ON subscribers_personlink
    FOR EACH ROW WHEN (current_user IN ('worker', 'console')) EXECUTE FUNCTION subscribers_require_nothing_sealed();
