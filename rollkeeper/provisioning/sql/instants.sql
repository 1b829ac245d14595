-- In a production instance the database says when the network was asked, and no worker puts a command off for more than two days:
-- an instant without end would keep a line as it is for ever, and comparisons from ending.
-- Law: art. 3 (a registration restores). Reads: -. Writes: triggers on provisioning_command. Plan: the WHEN clauses alone, for each row.
-- Again: CREATE OR REPLACE: the same triggers. Of a batch the instant is that of its action, some time ago: days are counted from it.
CREATE OR REPLACE FUNCTION provisioning_bound_instant() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    NEW.requested_at := least(greatest(NEW.requested_at, clock_timestamp() - interval '1 day'), clock_timestamp());
    RETURN NEW;
END
$$;
CREATE OR REPLACE TRIGGER provisioning_asked_now BEFORE INSERT ON provisioning_command
    FOR EACH ROW WHEN (kernel_acting_role() <> 'migrator'
                       AND NEW.requested_at NOT BETWEEN clock_timestamp() - interval '1 day' AND clock_timestamp() AND kernel_is_production())
    EXECUTE FUNCTION provisioning_bound_instant();
CREATE OR REPLACE TRIGGER provisioning_put_off BEFORE UPDATE OF next_try_at ON provisioning_command
    FOR EACH ROW WHEN (current_user = 'worker' AND NEW.next_try_at > OLD.next_try_at
                       AND NEW.next_try_at > clock_timestamp() + interval '2 days' AND kernel_is_production())
    EXECUTE FUNCTION kernel_refuse('provisioning_command_put_off_for_long', 'insufficient_privilege');
