-- Finds holdings that are over and whose record was not erased yet.
-- Law: art. 5. Reads: -. Writes: an index on lines_holding.
-- Plan: grows with what waits for erasure, not with the population.
-- Again: IF NOT EXISTS: an index of that name stays as it is.
CREATE INDEX IF NOT EXISTS lines_holding_to_erase ON lines_holding (upper(held), holding_id)
    WHERE erased_on IS NULL AND NOT upper_inf(held);
