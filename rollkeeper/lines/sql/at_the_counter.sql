-- Lets the counter's role do to a line what its own acts do, and nothing by which anybody loses service unheard.
-- Law: art. 3 (nobody loses service but by an approved batch), art. 2 (registering and transferring).
-- Reads: lines_suspension, lines_endatcounter. Writes: triggers on lines_line and lines_suspension, lines_endatcounter.
-- Plan: fires for the counter's role alone, by primary keys; lines_endatcounter holds the ends of a day.
-- Again: CREATE OR REPLACE: the same triggers.
--
-- A counter ends a contract whose holder asks. Whoever has taken a counter over can say so of anybody; so all counters together
-- end no more of them within 24 hours than the home's settings say. `rollkeeper setup` makes a function of that number
-- (`site/boot.py`), which the counter's role cannot change.
CREATE OR REPLACE FUNCTION lines_count_end_at_counter() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('lines_endatcounter', 0));
    DELETE FROM lines_endatcounter WHERE ended_at < clock_timestamp() - interval '24 hours';
    IF (SELECT count(*) FROM lines_endatcounter) >= lines_counter_ends_a_day() THEN
        RAISE EXCEPTION 'lines_line_ended_by_counters_too_often' USING ERRCODE = 'check_violation';
    END IF;
    INSERT INTO lines_endatcounter (line_id, ended_at) VALUES (NEW.line_id, clock_timestamp());
    RETURN NEW;
END
$$;

CREATE OR REPLACE FUNCTION lines_open_but_for(line uuid, spared text) RETURNS boolean
LANGUAGE sql STABLE BEGIN ATOMIC
    SELECT EXISTS (SELECT FROM lines_suspension s WHERE s.line_id = line AND s.lifted_on IS NULL AND s.reason <> spared);
END;

CREATE OR REPLACE FUNCTION lines_keep_to_counters_acts() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'suspended' AND NEW.state = 'active' AND NOT lines_open_but_for(NEW.line_id, 'registration')
        OR OLD.state = 'ended' AND NEW.state = 'released' AND NEW.number_index IS NULL THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'lines_line_moved_by_a_counter' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE OR REPLACE TRIGGER lines_at_counter_state BEFORE UPDATE OF state ON lines_line
    FOR EACH ROW WHEN (current_user = 'counter' AND NEW.state <> OLD.state AND NEW.state <> 'ended')
    EXECUTE FUNCTION lines_keep_to_counters_acts();
CREATE OR REPLACE TRIGGER lines_at_counter_end BEFORE UPDATE OF state ON lines_line
    FOR EACH ROW WHEN (current_user = 'counter' AND NEW.state = 'ended' AND OLD.state IN ('active', 'suspended')
                       AND NEW.ended_by = 'subscriber' AND NEW.ended_on IS NOT NULL)
    EXECUTE FUNCTION lines_count_end_at_counter();
CREATE OR REPLACE TRIGGER lines_at_counter_else BEFORE UPDATE ON lines_line
    FOR EACH ROW WHEN (current_user = 'counter' AND (
        OLD.is_disputed AND NOT NEW.is_disputed
        OR NEW.state = 'ended' AND OLD.state <> 'ended' AND (NEW.ended_by IS DISTINCT FROM 'subscriber' OR OLD.state = 'released' OR NEW.ended_on IS NULL)
        OR (NEW.ended_on, NEW.ended_by) IS DISTINCT FROM (OLD.ended_on, OLD.ended_by) AND NOT (NEW.state = 'ended' AND OLD.state <> 'ended')
        OR NEW.state = 'ended' AND OLD.state = 'ended' AND (NEW.is_registered, NEW.is_protected, NEW.language)
           IS DISTINCT FROM (OLD.is_registered, OLD.is_protected, OLD.language)
        OR NEW.number_index IS DISTINCT FROM OLD.number_index AND NEW.state <> 'released'
    ))
    EXECUTE FUNCTION lines_refuse('lines_line_changed_by_a_counter', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER lines_at_counter_lift BEFORE UPDATE ON lines_suspension
    FOR EACH ROW WHEN (current_user = 'counter' AND (OLD.reason <> 'registration' OR NEW.lifted_on IS NULL))
    EXECUTE FUNCTION lines_refuse('lines_suspension_changed_by_a_counter', 'insufficient_privilege');
CREATE OR REPLACE TRIGGER lines_at_counter_number BEFORE UPDATE ON lines_number
    FOR EACH ROW WHEN (current_user = 'counter' AND NEW.line_id <> OLD.line_id AND OLD.quarantined_until IS NULL)
    EXECUTE FUNCTION lines_refuse('lines_number_taken_from_a_line', 'insufficient_privilege');
