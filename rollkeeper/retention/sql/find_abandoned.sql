-- Lists keys of people whose registration was begun and never recorded: no tenure stands for them in the register.
-- Law: art. 5 (nothing is kept that no registration rests on). A reference made after %(made_before)s may belong to an
-- act that is still under way, and is left. The moment is read out of the reference itself (RFC 9562, version 7).
-- A file that is sealed under a key of its own has its row, and no tenure.
-- Reads: vault_living (temporary), lines_tenure, vault_file. Writes: -. Plan: one hash join over all keys and tenures; once a run.
-- Again: those that are still there.
SELECT k.person_id, k.tenure_id
  FROM vault_living k
 WHERE uuid_extract_timestamp(k.tenure_id) < %(made_before)s
   AND NOT EXISTS (SELECT FROM lines_tenure h WHERE h.tenure_id = k.tenure_id)
   AND NOT EXISTS (SELECT FROM vault_file f WHERE f.owner_id = k.person_id AND f.file_id = k.tenure_id)
 ORDER BY k.person_id, k.tenure_id
