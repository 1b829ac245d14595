-- Lets the counter's role do to a line only what its own services do, and nothing that suspends a line without a hearing.
-- Law: art. 3 (a line loses service only by an approved batch), art. 2 (registering and transferring).
-- Reads: lines_suspension, lines_countertermination. Writes: triggers on lines_line and lines_suspension, lines_countertermination.
-- Plan: fires for the counter's role alone, by primary keys; lines_countertermination holds the ends of a day.
-- Again: CREATE OR REPLACE: the same triggers.
-- A counter ends a contract when its subscriber asks. An attacker who controls a counter could claim that for any line; so all
-- counters together end at most the number of contracts within 24 hours that the instance's settings allow. `rollkeeper setup`
-- makes a function of that number (`operations/bootstrap.py`), which the counter's role cannot change.
CREATE OR REPLACE FUNCTION lines_count_counter_termination(line uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Sessions take turns, and each must see what the one before counted.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
        RAISE EXCEPTION 'lines_counted_in_an_older_snapshot' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('lines_countertermination', 0));
    DELETE FROM lines_countertermination
     WHERE ended_at NOT BETWEEN clock_timestamp() - interval '24 hours' AND clock_timestamp(); -- or counted by a clock that was ahead
    IF (SELECT count(*) FROM lines_countertermination WHERE line_id <> line) >= lines_counter_terminations_per_day() THEN
        RAISE EXCEPTION 'lines_counter_termination_limit_reached' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO lines_countertermination (line_id, ended_at) VALUES (line, clock_timestamp())
        ON CONFLICT (line_id) DO UPDATE SET ended_at = excluded.ended_at;
END
$$;

CREATE OR REPLACE FUNCTION lines_count_counter_termination() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM lines_count_counter_termination(NEW.line_id);
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION lines_suspended_for_other_reason(line uuid, spared text) RETURNS boolean
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM lines_suspension s WHERE s.line_id = line AND s.restored_on IS NULL AND s.reason <> spared);
END;

CREATE OR REPLACE FUNCTION lines_limit_counter_role() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'suspended' AND NEW.state = 'active' AND NOT lines_suspended_for_other_reason(NEW.line_id, 'registration')
        OR OLD.state = 'terminated' AND NEW.state = 'released' AND NEW.number_index IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'lines_line_state_changed_by_counter' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER lines_at_counter_state BEFORE UPDATE OF state ON lines_line
    FOR EACH ROW WHEN (kernel_acting_role() = 'counter' AND NEW.state <> OLD.state AND NEW.state <> 'terminated')
    EXECUTE FUNCTION lines_limit_counter_role();
CREATE OR REPLACE TRIGGER lines_at_counter_terminate BEFORE UPDATE OF state ON lines_line
    FOR EACH ROW WHEN (kernel_acting_role() = 'counter' AND NEW.state = 'terminated' AND OLD.state IN ('active', 'suspended')
                       AND NEW.terminated_by = 'subscriber' AND NEW.terminated_on IS NOT NULL)
    EXECUTE FUNCTION lines_count_counter_termination();
CREATE OR REPLACE TRIGGER lines_at_counter_else BEFORE UPDATE ON lines_line
    FOR EACH ROW WHEN (kernel_acting_role() = 'counter' AND (
        OLD.is_disputed AND NOT NEW.is_disputed
        OR NEW.state = 'terminated' AND OLD.state <> 'terminated' AND (NEW.terminated_by IS DISTINCT FROM 'subscriber' OR OLD.state = 'released' OR NEW.terminated_on IS NULL)
        OR (NEW.terminated_on, NEW.terminated_by) IS DISTINCT FROM (OLD.terminated_on, OLD.terminated_by) AND NOT (NEW.state = 'terminated' AND OLD.state <> 'terminated')
        OR NEW.state = 'terminated' AND OLD.state = 'terminated' AND (NEW.is_registered, NEW.must_reverify, NEW.is_essential, NEW.language)
           IS DISTINCT FROM (OLD.is_registered, OLD.must_reverify, OLD.is_essential, OLD.language)
        OR NEW.number_index IS DISTINCT FROM OLD.number_index AND NEW.state <> 'released'
    ))
    EXECUTE FUNCTION kernel_refuse('lines_line_changed_by_a_counter', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER lines_at_counter_restore BEFORE UPDATE ON lines_suspension
    FOR EACH ROW WHEN (kernel_acting_role() = 'counter' AND (OLD.reason <> 'registration' OR NEW.restored_on IS NULL))
    EXECUTE FUNCTION kernel_refuse('lines_suspension_changed_by_a_counter', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER lines_at_counter_number BEFORE UPDATE ON lines_number
    FOR EACH ROW WHEN (kernel_acting_role() = 'counter' AND NEW.line_id <> OLD.line_id AND OLD.quarantined_until IS NULL)
    EXECUTE FUNCTION kernel_refuse('lines_number_taken_from_a_line', 'insufficient_privilege');
