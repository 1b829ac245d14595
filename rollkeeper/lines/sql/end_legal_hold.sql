-- Ends what a case holds of a line before its time: a day that lies within is the last. Tells from when and through when it was to last.
-- Law: art. 5. Reads: lines_legalhold. Writes: lines_legalhold.
-- Plan: lines_legalhold_pkey by line.
-- Again: CREATE OR REPLACE: the same function; ended once, it ends nothing.
--
-- With its owner's rights: the process that asks may shorten a hold and change nothing else of what an officer decided.
CREATE OR REPLACE FUNCTION lines_end_legal_hold(held uuid, held_for text, on_day date)
RETURNS TABLE (first date, last date)
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE lines_legalhold SET days = daterange(lower(days), on_day, '[]')
     WHERE line_id = held AND case_reference = held_for AND days @> on_day AND upper(days) - 1 > on_day
 RETURNING lower(old.days), upper(old.days) - 1
$$
