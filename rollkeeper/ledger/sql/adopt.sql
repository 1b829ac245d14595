-- Takes every entry that has no leaf, after the register was restored into another cluster, in the rows of `integrate.sql`.
-- Law: art. 11.
-- Reads: ledger_entry, ledger_leaf, whole. Writes: nothing; the caller gives them their leaves in this transaction.
-- Plan: a hash anti-join over both tables, once a restore; the caller has locked out writers for its length.
-- Again: the same.
-- Transaction numbers are meaningless outside their cluster. Existing entries keep the order of the old numbers; entries written
-- from now on are recognised by an entry number above the floor. An entry that was reduced has a leaf already.

SELECT max(xid)::text AS xid,
       string_agg(int8send(entry_id), ''::bytea ORDER BY xid, entry_id) AS numbers,
       string_agg(textsend(verb || ' ' || day::text), '\x00'::bytea ORDER BY xid, entry_id) AS heads,
       string_agg(textsend(body), '\x00'::bytea ORDER BY xid, entry_id) AS bodies
  FROM (
        SELECT e.xid, e.entry_id, e.day, e.verb, e.body,
               (row_number() OVER (ORDER BY e.xid, e.entry_id) - 1) / %(most)s AS part
          FROM ledger_entry AS e
         WHERE NOT EXISTS (SELECT FROM ledger_leaf AS l WHERE l.entry_id = e.entry_id)
       ) AS taken
 GROUP BY part
 ORDER BY part
