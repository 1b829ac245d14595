-- Tells whether a case was opened by staff, or in a session of the portal whose visitor had proved who they are on one of these lines.
-- Law: art. 1. Reads: ledger_entry. Writes: -. Plan: ledger_entry_by_line, the entries of a few lines. Again: the same.

SELECT FROM ledger_entry AS o
 WHERE o.line_id = %(line)s AND o.verb = 'selfcare:case:opened' AND o.body::jsonb #>> '{facts,case}' = %(case)s
   AND (o.body::jsonb ->> 'role' <> 'subscriber' OR EXISTS (
       SELECT FROM ledger_entry AS v
        WHERE v.line_id = ANY (%(lines)s::uuid[]) AND v.verb = 'selfcare:session:verified' AND v.entry_id < o.entry_id
          AND v.body::jsonb ->> 'actor' = o.body::jsonb ->> 'actor'))
