-- Shows who approved a batch, with the entry of the ledger that says so.
-- Law: art. 3. Reads: access_approval, ledger_entry. Writes: -. Plan: by the subject; a row a person.
-- Again: the same rows.
SELECT a.staff_id, e.body
  FROM access_approval a JOIN ledger_entry e USING (entry_id)
 WHERE a.subject = %(batch_id)s AND a.permission = %(permission)s AND a.approves
   AND e.verb = %(verb)s AND e.staff_id = a.staff_id
