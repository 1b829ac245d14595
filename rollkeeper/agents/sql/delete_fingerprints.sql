-- Removes marks of copies that are over a year old, and those of lines of which no record is kept any more.
-- Law: art. 5 (no longer than is needed). Reads: lines_tenure. Writes: agents_imagefingerprint.
-- Plan: one pass over a year of agents' registrations, primary keys by line. Again: nothing more to do.
DELETE FROM agents_imagefingerprint k
 WHERE k.registered_on < %(before)s
    OR NOT EXISTS (SELECT FROM lines_tenure h WHERE h.line_id = k.line_id AND h.erased_on IS NULL)
