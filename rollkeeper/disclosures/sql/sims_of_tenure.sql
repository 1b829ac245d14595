-- Finds the ledger entries that recorded another SIM for one tenure of a line, with the day of each replacement.
-- Law: the pack's disclosure[] (one person, one day). Reads: lines_tenure, ledger_entry. Writes: -.
-- Plan: entries and tenures of one line, by their indexes. Again: the same.
-- An entry belongs to the tenure that was the line's present one by the order of the ledger, not by the day: a day may be entered late.
WITH this AS (
    SELECT coalesce(h.begun_by_entry, 0) AS begun FROM lines_tenure h WHERE h.line_id = %(line)s AND h.tenure_id = %(tenure)s
), following AS (
    SELECT min(h.begun_by_entry) AS begun FROM lines_tenure h, this WHERE h.line_id = %(line)s AND h.begun_by_entry > this.begun
)
SELECT e.entry_id, e.day
  FROM ledger_entry e, this, following
 WHERE e.line_id = %(line)s AND e.verb = 'line:sim:replaced'
   AND e.entry_id > this.begun AND (following.begun IS NULL OR e.entry_id < following.begun)
