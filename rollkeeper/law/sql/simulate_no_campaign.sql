-- Makes the tables of a campaign empty, for a law that has none.
-- Law: none.
-- Reads: nothing.
-- Writes: temp tables simulated_suspended and simulated_step.
-- Plan: two empty tables.
-- Again: refused; one simulation a transaction.
CREATE TEMP TABLE simulated_suspended (line int, suspended_on date) ON COMMIT DROP;
CREATE TEMP TABLE simulated_step (line int, acted_on date) ON COMMIT DROP;
