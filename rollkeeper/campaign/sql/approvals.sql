-- Shows who approved a batch, with the entry of the ledger that says so.
-- Law: art. 3. Reads: campaign_approval, ledger_entry. Writes: -. Plan: primary keys; a row a person.
-- Again: the same rows.
SELECT a.staff_id, e.body
  FROM campaign_approval a JOIN ledger_entry e USING (entry_id)
 WHERE a.batch_id = %(batch_id)s AND e.verb = %(verb)s AND e.staff_id = a.staff_id
