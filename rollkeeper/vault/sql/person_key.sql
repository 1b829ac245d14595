-- Returns one person's wrapped key for one tenure, and the wrapped secret of the epoch that opens it.
-- Law: art. 5, 11. Reads: person_key, epoch. Writes: -. Plan: two primary keys. Again: the same.

SELECT person_key.wrapped, epoch.epoch_id, epoch.secret_wrapped
FROM person_key
JOIN epoch USING (epoch_id)
WHERE person_key.person_id = %s
  AND person_key.tenure_id = %s
  AND epoch.secret_wrapped IS NOT NULL
