-- Functions on commands and closed days for functions and triggers of other packages, and limits on the instants that a worker writes.
-- Law: art. 1, 3 (a registration restores). Reads: -. Writes: provisioning_command, provisioning_closedday. Plan: by primary keys, one probe
-- a row; of the triggers the WHEN clauses alone. Again: CREATE OR REPLACE: the same functions and triggers.

-- In a production instance the database limits the instant of a request, and no worker puts a command off for more than two days: an
-- infinite instant would keep a line as it is for ever, and comparisons from ending. A batch's command has the instant of the batch's
-- action, some time ago: days are counted from it.
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

-- Postpones commands, each until an instant. The caller has locked them. No app may execute this or the next: functions and triggers
-- that run with their owner's rights call them. They replace the functions of versions before 0.9.0.
DROP FUNCTION IF EXISTS network_postpone(uuid[], uuid[], timestamptz[]);
CREATE OR REPLACE FUNCTION provisioning_postpone(line_ids uuid[], command_ids uuid[], untils timestamptz[])
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    UPDATE provisioning_command c
       SET attempts = CASE WHEN c.claimed_by IS NULL THEN 0 ELSE c.attempts END, next_try_at = p.until
      FROM unnest(line_ids, command_ids, untils) AS p (line_id, command_id, until)
     WHERE c.line_id = p.line_id AND c.command_id = p.command_id
$$;
REVOKE ALL ON FUNCTION provisioning_postpone FROM PUBLIC;

-- Notes days on which no line is barred or terminated: a stay's, under the stay's reference.
DROP FUNCTION IF EXISTS network_set_rest(uuid, daterange);
CREATE OR REPLACE FUNCTION provisioning_set_closed_days(of_stay uuid, on_days daterange)
RETURNS void LANGUAGE sql SET search_path = public, pg_temp AS $$
    INSERT INTO provisioning_closedday (closed_day_id, days) VALUES (of_stay, on_days)
        ON CONFLICT (closed_day_id) DO UPDATE SET days = excluded.days
$$;
REVOKE ALL ON FUNCTION provisioning_set_closed_days FROM PUBLIC;
