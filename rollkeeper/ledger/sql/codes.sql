-- Finds for each line the entry of a day that a notice tells of, so that the notice can name the receipt's code.
-- Law: -. Reads: ledger_entry. Writes: nothing.
-- Plan: ledger_entry_by_line, one probe a notice.
-- Again: the same.

SELECT asked.nth, e.entry_id, e.body
  FROM unnest(%(lines)s::uuid[], %(verbs)s::text[], %(days)s::date[]) WITH ORDINALITY AS asked (line_id, verbs, day, nth)
 CROSS JOIN LATERAL (
       SELECT entry_id, body FROM ledger_entry
        WHERE line_id = asked.line_id AND day = asked.day AND verb = ANY (string_to_array(asked.verbs, ' '))
        ORDER BY entry_id DESC LIMIT 1
       ) AS e
