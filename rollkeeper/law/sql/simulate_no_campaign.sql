-- Makes a campaign's tables and leaves them empty, for a law without a campaign.
-- Law: none.
-- Reads: nothing.
-- Writes: temp tables simulated_bar and simulated_step.
-- Plan: two empty tables.
-- Again: refused; a transaction has one simulation.
CREATE TEMP TABLE simulated_bar (line int, place int, acted_on date) ON COMMIT DROP;
CREATE TEMP TABLE simulated_step (line int, acted_on date) ON COMMIT DROP;
