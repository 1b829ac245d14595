-- Counts what one member of staff, and all of them together, have opened since an instant.
-- Law: art. 5, 11 (access is recorded, and no one can access everyone). Reads: ledger_entry. Writes: -.
-- Plan: ledger_entry_opened_by_staff, by skipping from one member of staff to the next: one row for each recent opening.
-- Again: the same numbers.

SELECT count(*) FILTER (WHERE staff_id = %(staff_id)s) AS by_one, count(*) AS by_all
FROM ledger_entry
WHERE staff_id IS NOT NULL
  AND verb = %(verb)s
  AND at > %(since)s
