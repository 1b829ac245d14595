-- Lets the back office's role change a batch's state only as the back office's actions do: it restarts no batch that was stopped or is over.
-- Law: art. 3. Reads: -. Writes: a trigger on campaign_batch. Plan: fires for the back office's role alone.
-- Again: CREATE OR REPLACE: the same trigger.
CREATE OR REPLACE TRIGGER campaign_backoffice_role BEFORE UPDATE OF state ON campaign_batch
    FOR EACH ROW WHEN (
        current_user = 'backoffice' AND NEW.state <> OLD.state
        AND NOT (NEW.state = 'approved' AND OLD.state = 'waiting')
        AND NOT (NEW.state = 'stopped' AND OLD.state IN ('waiting', 'approved', 'running'))
        AND NOT (NEW.state = 'undo_requested' AND OLD.state IN ('running', 'stopped', 'done'))
    ) EXECUTE FUNCTION kernel_refuse('campaign_batch_state_changed_by_backoffice', 'insufficient_privilege');
