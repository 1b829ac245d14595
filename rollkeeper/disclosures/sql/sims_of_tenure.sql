-- Finds the entries by which another SIM came into the record of one tenure of a line, with the day on which each was replaced.
-- Law: the pack's disclosure[] (one person, one day). Reads: lines_tenure, ledger_entry. Writes: -.
-- Plan: entries and tenures of one line, by their indexes. Again: the same.
-- They are entries of the time in which the tenure was the line's present one, in the order of the ledger: a day may be entered late.
WITH this AS (
    SELECT coalesce(h.begun_by_entry, 0) AS begun FROM lines_tenure h WHERE h.line_id = %(line)s AND h.tenure_id = %(tenure)s
), following AS (
    SELECT min(h.begun_by_entry) AS begun FROM lines_tenure h, this WHERE h.line_id = %(line)s AND h.begun_by_entry > this.begun
)
SELECT e.entry_id, e.day
  FROM ledger_entry e, this, following
 WHERE e.line_id = %(line)s AND e.verb = 'line:sim:replaced'
   AND e.entry_id > this.begun AND (following.begun IS NULL OR e.entry_id < following.begun)
