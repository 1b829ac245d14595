-- Destroys the keys of every later SIM of persons and tenures. The reference of such a key is the tenure's as of version 9, with another
-- number in the twelve bits that follow.
-- Law: art. 5 (kept no longer than allowed). Reads: -. Writes: person_key.
-- Plan: primary key by person, once a pair. Again: destroys nothing more.

DELETE FROM person_key
USING unnest(%s::uuid[], %s::uuid[]) AS gone (person_id, tenure_id)
WHERE person_key.person_id = gone.person_id
  AND substr(person_key.tenure_id::text, 15, 1) = '9'
  AND overlay(person_key.tenure_id::text PLACING '0000' FROM 15 FOR 4) = overlay(gone.tenure_id::text PLACING '0000' FROM 15 FOR 4)
