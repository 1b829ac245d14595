-- Finds past tenures whose record is not erased yet.
-- Law: art. 5. Reads: -. Writes: an index on lines_tenure.
-- Plan: grows with what waits for erasure, not with the population.
-- Again: IF NOT EXISTS: an index of that name stays as it is.
CREATE INDEX IF NOT EXISTS lines_tenure_to_erase ON lines_tenure (upper(held), tenure_id)
    WHERE erased_on IS NULL AND NOT upper_inf(held);
