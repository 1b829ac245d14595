-- Finds the tenure that has a value about a line: the given one or, if a correction of the subscriber's record left the value out, the
-- nearest one before it.
-- Law: the pack's disclosure[]. Reads: lines_tenure, ledger_entry, vault_sealed. Writes: -.
-- Plan: the temporal key of lines_tenure, back over corrections; ledger_entry_by_line for a SIM.
-- Again: the same. A SIM that was replaced after its tenure ended is not found.
WITH RECURSIVE back AS (
    SELECT h.line_id, h.tenure_id, h.person_id, lower(h.held) AS since, h.begun_by_entry, h.ended_by_entry, 0 AS steps
      FROM lines_tenure h WHERE h.line_id = %(line)s AND h.tenure_id = %(tenure)s
    UNION ALL
    SELECT h.line_id, h.tenure_id, h.person_id, lower(h.held), h.begun_by_entry, h.ended_by_entry, back.steps + 1
      FROM back JOIN lines_tenure h ON h.line_id = back.line_id AND upper(h.held) = back.since AND h.erased_on IS NULL
     WHERE EXISTS (SELECT FROM ledger_entry e WHERE e.entry_id = back.begun_by_entry AND e.verb = %(corrected)s)
)
SELECT back.person_id, back.tenure_id
  FROM back JOIN vault_sealed v ON v.person_id = back.person_id AND v.tenure_id = back.tenure_id AND v.field = %(field)s
 WHERE back.steps = 0 OR NOT %(is_of_sim)s
    OR NOT EXISTS (SELECT FROM ledger_entry e WHERE e.line_id = back.line_id AND e.verb = %(replaced)s AND e.entry_id > back.ended_by_entry)
 ORDER BY back.steps LIMIT 1
