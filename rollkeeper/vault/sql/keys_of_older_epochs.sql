-- Returns the next people's keys that are sealed to another epoch than the newest, in the order of their references.
-- Law: art. 5, 11. Reads: person_key. Writes: -.
-- Plan: walks the primary key from where the last batch ended. Again: what is still there.

SELECT person_id, tenure_id, epoch_id, wrapped
FROM person_key
WHERE (person_id, tenure_id) > (%(person_id)s, %(tenure_id)s)
  AND epoch_id <> %(epoch_id)s
ORDER BY person_id, tenure_id
LIMIT %(limit)s
