-- Lists keys of people whose registration was begun and never recorded: they have no tenure in the register.
-- Law: art. 5 (nothing is kept without a registration). A reference made after %(made_before)s may belong to a running
-- transaction, and is left. The instant is read from the reference itself (RFC 9562, version 7). A file sealed under its own key
-- has a row, and no tenure. Copies' keys have references of another version, which hold no instant, and are erased with their tenure's.
-- Reads: vault_living (temporary), lines_tenure, vault_file. Writes: -. Plan: one hash join over all keys and tenures; once a run.
-- Again: those that are still there.
SELECT k.person_id, k.tenure_id
  FROM vault_living k
 WHERE uuid_extract_timestamp(k.tenure_id) < %(made_before)s
   AND NOT EXISTS (SELECT FROM lines_tenure h WHERE h.tenure_id = k.tenure_id)
   AND NOT EXISTS (SELECT FROM vault_file f WHERE f.owner_id = k.person_id AND f.file_id = k.tenure_id)
 ORDER BY k.person_id, k.tenure_id
