-- Removes marks of copies that are over a year old, and those of lines of which no record is kept any more.
-- Law: art. 5 (no longer than is needed). Reads: lines_holding. Writes: agents_likeness.
-- Plan: one pass over a year of agents' registrations, primary keys by line. Again: nothing more to do.
DELETE FROM agents_likeness k
 WHERE k.taken_on < %(before)s
    OR NOT EXISTS (SELECT FROM lines_holding h WHERE h.line_id = k.line_id AND h.erased_on IS NULL)
