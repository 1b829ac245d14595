-- Records the lines that the last bar reached, for a law without an end: nothing follows.
-- Law: the pack's last stage. Reads: simulated_step of the last bar.
-- Writes: temp table simulated_bar; simulated_step, emptied.
-- Plan: one scan.
-- Again: refused; a transaction has one simulation.
INSERT INTO simulated_bar SELECT line, %(place)s::int, acted_on FROM simulated_step;
TRUNCATE simulated_step;
