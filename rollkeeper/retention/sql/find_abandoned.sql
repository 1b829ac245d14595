-- Lists keys of people whose registration was begun and never recorded: no holding stands for them in the register.
-- Law: art. 5 (nothing is kept that no registration rests on). A reference made after %(made_before)s may belong to an
-- act that is still under way, and is left. The moment is read out of the reference itself (RFC 9562, version 7).
-- A file that is sealed under a key of its own has its row, and no holding.
-- Reads: vault_living (temporary), lines_holding, vault_file. Writes: -. Plan: one hash join over all keys and holdings; once a run.
-- Again: those that are still there.
SELECT k.person_id, k.holding_id
  FROM vault_living k
 WHERE uuid_extract_timestamp(k.holding_id) < %(made_before)s
   AND NOT EXISTS (SELECT FROM lines_holding h WHERE h.holding_id = k.holding_id)
   AND NOT EXISTS (SELECT FROM vault_file f WHERE f.owner_id = k.person_id AND f.file_id = k.holding_id)
 ORDER BY k.person_id, k.holding_id
