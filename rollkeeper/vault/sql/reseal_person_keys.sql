-- Puts re-sealed keys in the place of the older ones, each only if it is still there: a key that was destroyed meanwhile
-- does not come back.
-- Law: art. 5, 11. Reads: -. Writes: person_key. Plan: primary key, once a key. Again: nothing, the epoch differs.

UPDATE person_key
SET wrapped = fresh.wrapped, epoch_id = %(epoch_id)s
FROM unnest(%(persons)s::uuid[], %(holdings)s::uuid[], %(older)s::integer[], %(wrapped)s::bytea[])
    AS fresh (person_id, holding_id, older, wrapped)
WHERE person_key.person_id = fresh.person_id
  AND person_key.holding_id = fresh.holding_id
  AND person_key.epoch_id = fresh.older
