-- Says which approvals a role of the database may give and see. Only the database sets when an approval was given.
-- Law: art. 3, art. 11 (only who must may act). Reads: -. Writes: policies and a trigger on access_approval. Plan: by a column of the row.
-- Again: refused, since the policies are there; once, by a migration.
--
-- A counter approves only what waits at counters, and the back office approves none of that. Commands decide about the list of
-- authorities and about a deferred notification.
CREATE OR REPLACE FUNCTION access_mark_approval() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.approved_at := clock_timestamp();
    RETURN NEW;
END
$$;

CREATE OR REPLACE TRIGGER access_mark_approval BEFORE INSERT ON access_approval
    FOR EACH ROW WHEN (current_user <> 'migrator') EXECUTE FUNCTION access_mark_approval();

ALTER TABLE access_approval ENABLE ROW LEVEL SECURITY;
CREATE POLICY access_approval_is_read ON access_approval FOR SELECT TO backoffice, worker, vault_service, auditor USING (true);
CREATE POLICY access_approval_at_the_counter ON access_approval TO counter
    USING (permission = 'approve_action') WITH CHECK (permission = 'approve_action');
CREATE POLICY access_approval_at_the_backoffice ON access_approval FOR INSERT TO backoffice WITH CHECK (permission IN (
    'approve_batch', 'approve_undo', 'end_stay', 'decide_disclosure', 'manage_incident', 'renew_keys_after_incident', 'notify_affected'
));
CREATE POLICY access_approval_by_command ON access_approval FOR INSERT TO console WITH CHECK (true);
CREATE POLICY access_approval_at_the_vault_service ON access_approval FOR INSERT TO vault_service WITH CHECK (permission IN (
    'approve_authority', 'defer_notification', 'decide_disclosure'
));
-- A worker records what a person with an open account decided on a page, while it answers that person's request.
CREATE POLICY access_approval_by_request ON access_approval FOR INSERT TO worker WITH CHECK (EXISTS (
    SELECT FROM access_staffrequest r JOIN access_staff s USING (staff_id)
     WHERE r.staff_id = access_approval.staff_id AND r.state = 'approved' AND s.is_active AND r.made_at > clock_timestamp() - interval '1 day'
       AND r.kind = CASE access_approval.permission WHEN 'publish_report' THEN 'publish-report' WHEN 'decide_forgery' THEN 'decide-case' END
));
