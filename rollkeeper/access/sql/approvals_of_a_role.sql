-- Which approvals a role of the database may give and see, and that the database alone says when one was given.
-- Law: art. 3, art. 11 (only who must may act). Reads: -. Writes: policies and a trigger on access_approval. Plan: by a column of the row.
-- Again: refused, since the policies are there; once, by a migration.
--
-- A counter approves what waits at counters, and nothing else; the back office approves nothing of that. The list of authorities
-- and a deferred notification are decided by commands.
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
-- A worker writes down what a person decided on a page, of an open account, while it answers that request.
CREATE POLICY access_approval_by_request ON access_approval FOR INSERT TO worker WITH CHECK (EXISTS (
    SELECT FROM access_staffrequest r JOIN access_staff s USING (staff_id)
     WHERE r.staff_id = access_approval.staff_id AND r.state = 'approved' AND s.is_active AND r.made_at > clock_timestamp() - interval '1 day'
       AND r.kind = CASE access_approval.permission WHEN 'publish_report' THEN 'publish-report' WHEN 'decide_forgery' THEN 'decide-case' END
));
