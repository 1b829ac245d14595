-- Counts the entries of a period that the published ledger of this size does not contain: those with a later leaf, and those not
-- yet integrated. (`doctor` and every verification find entries forged past the integrator.)
-- Law: art. 13. Reads: ledger_entry, ledger_leaf, ledger_integration. Writes: -.
-- Plan: the leaves behind the size, and ledger_entry_by_commit from the last entry taken onwards. Again: none, once published.
SELECT (SELECT count(*)
          FROM ledger_leaf l JOIN ledger_entry e USING (entry_id)
         WHERE l.leaf_index >= %(size)s AND e.day BETWEEN %(first)s AND %(last)s)
     + (SELECT count(*)
          FROM ledger_entry e,
               (SELECT through_xid, through_entry, floor_entry FROM ledger_integration ORDER BY step_id DESC LIMIT 1) AS last
         WHERE (e.xid, e.entry_id) > (last.through_xid, last.through_entry) AND e.entry_id > last.floor_entry
           AND e.day BETWEEN %(first)s AND %(last)s) AS entries
