-- Lets an app queue only the notices of its own actions: the first notice of a campaign starts a clock.
-- Law: art. 3. Reads: -. Writes: a trigger on notices_notice. Plan: fires for two roles, for a kind that is not theirs.
-- Again: CREATE OR REPLACE: the same trigger.
CREATE OR REPLACE TRIGGER notices_app_roles BEFORE INSERT ON notices_notice
    FOR EACH ROW WHEN (
        current_user = 'counter'
            AND NEW.kind NOT IN ('restored', 'record_changed', 'new_line_in_your_name', 'sim_replaced', 'document_by',
                                 'terminated')
        OR current_user = 'backoffice' AND NEW.kind NOT IN ('confirm_record', 'audit_asked')
    ) EXECUTE FUNCTION kernel_refuse('notices_notice_not_of_this_role', 'insufficient_privilege');
