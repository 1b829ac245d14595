-- Ends a case's legal hold on a line early: a day within it becomes its last. Returns the first and the last day that it had.
-- Law: art. 5. Reads: lines_legalhold. Writes: lines_legalhold.
-- Plan: lines_legalhold_pkey by line.
-- Again: CREATE OR REPLACE: the same function; ended once, it ends nothing.
--
-- Runs with its owner's rights: the process that calls it may shorten a hold, but change nothing else that an officer decided.
CREATE OR REPLACE FUNCTION lines_end_legal_hold(held uuid, held_for text, on_day date)
RETURNS TABLE (first date, last date)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE lines_legalhold SET days = daterange(lower(days), on_day, '[]')
     WHERE line_id = held AND case_reference = held_for AND days @> on_day AND upper(days) - 1 > on_day
 RETURNING lower(old.days), upper(old.days) - 1
$$
