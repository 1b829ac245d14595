-- Inserts the sealed attributes of the few records that one act at a counter makes; each value comes as the bytes of a binary COPY.
-- Law: art. 2. Reads: -. Writes: vault_sealed. Plan: one insert. Again: refused by the primary key.
INSERT INTO vault_sealed (person_id, tenure_id, field, ciphertext)
SELECT encode(person, 'hex')::uuid, encode(tenure, 'hex')::uuid, convert_from(field, 'UTF8'), ciphertext
  FROM unnest(%s::bytea[], %s::bytea[], %s::bytea[], %s::bytea[]) AS made (person, tenure, field, ciphertext)
