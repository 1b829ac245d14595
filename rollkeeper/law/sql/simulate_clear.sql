-- Drops the simulation's tables, so that another simulation can follow in the same transaction.
-- Law: none.
-- Reads: nothing.
-- Writes: drops every temporary table of a simulation.
-- Plan: drops.
-- Again: nothing.
DROP TABLE IF EXISTS simulated_event, simulated_line, simulated_waiting, simulated_bar, simulated_step,
    simulated_day, simulated_outcome, law_clock, law_due;
