-- Says which verbs each role of the database may enter in the ledger; refuses an app's entry in the name of the console or the worker.
-- Law: art. 11 (who acted must stay visible). Reads: -. Writes: a trigger on ledger_entry. Plan: a list of words an entry, planned once a session (kernel/sql/functions.sql).
-- Again: CREATE OR REPLACE: the same trigger.
-- An attacker who has an app's session enters what that app could have done, and nothing that steers others: no openings, no batches of
-- a counter, no keys. The worker carries out what people decided anywhere, so its list names what it may not enter: openings,
-- and what people decide on pages, at commands or at the vault service.
CREATE OR REPLACE FUNCTION ledger_role_may(acting name, verb text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE acting
        WHEN 'counter' THEN verb IN (
            'line:line:activated', 'line:line:terminated', 'line:line:relocated', 'line:sim:replaced', 'line:tenure:registered',
            'line:tenure:transferred', 'line:tenure:corrected', 'line:tenure:relinquished', 'line:tenure:accepted',
            'line:document:linked', 'line:document:unlinked', 'line:route:used', 'line:limit:overridden', 'line:copy:kept',
            'line:clock:paused', 'line:line:reconnected', 'line:line:disputed', 'line:receipt:accepted', 'line:line:looked_up',
            'line:access:recorded', 'line:line:marked_essential', 'agents:registration:recorded', 'agents:case:opened',
            'agents:document_image:counted', 'selfcare:code:reserved', 'selfcare:code:sent', 'selfcare:case:opened', 'selfcare:application:checked',
            'selfcare:delegate:checked', 'offline:approval:decided', 'access:sign_in:attempted', 'access:session:ended')
        WHEN 'backoffice' THEN verb IN (
            'campaign:batch:approved', 'campaign:batch:stopped', 'campaign:batch:undo_requested', 'campaign:line:waived',
            'campaign:work:requested', 'campaign:undo:approved', 'campaign:undo:withdrawn', 'imports:upload:received', 'imports:upload:decided',
            'campaign:stay:entered', 'campaign:stay:end_approved', 'campaign:stay:ended', 'campaign:complaint:recorded',
            'campaign:line:explained', 'line:line:looked_up', 'line:access:recorded', 'line:line:reconnected',
            'notices:returned_letters:recorded', 'access:staff:suspended', 'access:staff:reinstated', 'agents:agent:suspended',
            'agents:case:settled', 'agents:reverification:started', 'disclosures:request:approved', 'disclosures:request:refused',
            'incidents:step:approved', 'incidents:step:withdrawn', 'incidents:duty:met', 'incidents:incident:closed',
            'reporting:audit_sample:drawn', 'selfcare:consent:requested', 'access:sign_in:attempted', 'access:session:ended',
            'access:invitation:accepted')
        WHEN 'portal' THEN false
        WHEN 'auditor' THEN false
        WHEN 'vault' THEN verb LIKE 'vault:%' OR verb = 'imports:upload:opened'
        WHEN 'vault_service' THEN verb LIKE 'vault:%' OR verb LIKE 'access:%' OR verb LIKE 'disclosures:%'
            OR verb IN ('line:line:looked_up', 'line:access:recorded')
        WHEN 'worker' THEN verb NOT LIKE 'disclosures:authority:%' AND verb NOT LIKE 'languages:texts:%' AND verb NOT IN (
            'vault:sealed:opened', 'vault:offline:opened', 'vault:canary:opened', 'vault:alarm:settled',
            'access:staff:added', 'access:role:granted', 'access:role:ended', 'access:invitation:made', 'access:invitation:accepted',
            'disclosures:request:entered', 'disclosures:request:approved', 'disclosures:request:refused', 'disclosures:request:opened',
            'disclosures:request:delivered', 'disclosures:notification:deferred',
            'campaign:batch:approved', 'campaign:undo:approved', 'campaign:work:requested', 'campaign:stay:entered', 'campaign:stay:end_approved',
            'campaign:stay:ended', 'imports:upload:received', 'imports:upload:decided', 'reporting:audit_sample:drawn')
        ELSE true
    END;
END
$$;

CREATE OR REPLACE TRIGGER ledger_role_verbs BEFORE INSERT ON ledger_entry
    FOR EACH ROW WHEN (NOT ledger_role_may(kernel_acting_role(), NEW.verb)) EXECUTE FUNCTION kernel_refuse('ledger_entry_not_allowed_for_this_role', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER ledger_role_actor BEFORE INSERT ON ledger_entry
    FOR EACH ROW WHEN (kernel_is_app() AND (NEW.staff_id IS NULL OR NEW.body ~ '"(actor|second)":"(console|worker)"'))
    EXECUTE FUNCTION kernel_refuse('ledger_entry_not_allowed_for_this_role', 'insufficient_privilege');
