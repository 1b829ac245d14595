-- Refuses every state change of a line that is not in the table of its life (`lines/choices.py`), from every role.
-- Law: art. 3, art. 5. Reads: -. Writes: a trigger on lines_line. Plan: the WHEN clause alone, for each line whose state changes.
-- Again: CREATE OR REPLACE: the same trigger. One exception: a restored register brings back lines as they were before erasure,
-- and these may go from any state.
CREATE OR REPLACE TRIGGER lines_valid_transition BEFORE UPDATE OF state ON lines_line
    FOR EACH ROW WHEN (NEW.state <> OLD.state
        AND NOT (NEW.state = 'released' AND NEW.erased_on IS NOT NULL AND OLD.erased_on IS NULL)
        AND (OLD.state, NEW.state) NOT IN (
        ('active', 'suspended'), ('suspended', 'active'), ('active', 'terminated'), ('suspended', 'terminated'), ('terminated', 'suspended'),
        ('terminated', 'released')
    )) EXECUTE FUNCTION kernel_refuse('lines_line_invalid_transition', 'check_violation');
