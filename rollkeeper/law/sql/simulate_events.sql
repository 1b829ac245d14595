-- Makes the table for the rows of a file of line histories; `line` is NULL if a row concerns every line.
-- Law: none; invented or replayed histories.
-- Reads: nothing.
-- Writes: temp table simulated_event.
-- Plan: filled by COPY.
-- Again: refused; a transaction has one simulation.
CREATE TEMP TABLE simulated_event (line int, day date NOT NULL, event text NOT NULL, until date) ON COMMIT DROP;
