-- Counts what one member of staff has opened since an instant.
-- Law: art. 5, 11 (who looked is on record, and nobody looks at everybody). Reads: ledger_entry. Writes: -.
-- Plan: ledger_entry_opened_by_staff, as many rows as were opened. Again: the same number.

SELECT count(*) AS openings
FROM ledger_entry
WHERE staff_id = %(staff_id)s
  AND verb = %(verb)s
  AND at > %(since)s
