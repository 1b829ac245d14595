-- Destroys keys of persons and tenures: from then on nothing that was sealed under them opens anywhere.
-- Law: art. 5 (kept no longer than allowed). Reads: -. Writes: person_key.
-- Plan: primary key, once a pair. Again: destroys nothing more.

DELETE FROM person_key
USING unnest(%s::uuid[], %s::uuid[]) AS gone (person_id, tenure_id)
WHERE person_key.person_id = gone.person_id
  AND person_key.tenure_id = gone.tenure_id
