-- Takes the next committed entries that have no leaf, in an order that no later commit can change, as one row.
-- Law: art. 11.
-- Reads: ledger_entry after the last entry taken. Writes: nothing; the caller gives them their leaves in this transaction.
-- Plan: ledger_entry_by_commit from the last entry taken onwards, which has the order of the aggregates too.
-- Again: the same, and what has been committed since.
--
-- An entry is taken once its transaction and all transactions with lower numbers have ended (the horizon of the
-- snapshot): then no entry with a lower place can appear any more. Neither this nor a writer waits for the other.
-- A zero byte, which no text contains, separates verbs and bodies. With one row for each entry the program read five times as long.

SELECT max(xid)::text AS xid,
       string_agg(int8send(entry_id), ''::bytea ORDER BY xid, entry_id) AS numbers,
       string_agg(textsend(verb || ' ' || day::text), '\x00'::bytea ORDER BY xid, entry_id) AS heads,
       string_agg(textsend(body), '\x00'::bytea ORDER BY xid, entry_id) AS bodies
  FROM (
        SELECT e.xid, e.entry_id, e.day, e.verb, e.body
          FROM ledger_entry AS e
         WHERE (e.xid, e.entry_id) > (%(through_xid)s::xid8, %(through_entry)s)
           AND e.xid < pg_snapshot_xmin(pg_current_snapshot())
           AND e.entry_id > %(floor_entry)s
         ORDER BY e.xid, e.entry_id
         LIMIT %(most)s
       ) AS taken
HAVING count(*) > 0
