-- Inserts the few wrapped keys that one act at a counter makes; each value comes as the bytes of a binary COPY.
-- Law: art. 2. Reads: epoch (its trigger refuses an ended one). Writes: person_key. Plan: one insert.
-- Again: refused by the primary key.
INSERT INTO person_key (person_id, tenure_id, epoch_id, wrapped)
SELECT encode(person, 'hex')::uuid, encode(tenure, 'hex')::uuid, %s::integer, wrapped
  FROM unnest(%s::bytea[], %s::bytea[], %s::bytea[]) AS made (person, tenure, wrapped)
