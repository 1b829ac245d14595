-- Puts re-sealed keys in the place of the older ones, each only if the older key is still there: a key that was destroyed
-- meanwhile does not come back.
-- Law: art. 5, 11. Reads: -. Writes: person_key. Plan: primary key, once a key. Again: nothing, the epoch differs.

UPDATE person_key
SET wrapped = fresh.wrapped, epoch_id = %(epoch_id)s
FROM unnest(%(persons)s::uuid[], %(tenures)s::uuid[], %(older)s::integer[], %(wrapped)s::bytea[])
    AS fresh (person_id, tenure_id, older, wrapped)
WHERE person_key.person_id = fresh.person_id
  AND person_key.tenure_id = fresh.tenure_id
  AND person_key.epoch_id = fresh.older
RETURNING person_key.tenure_id
