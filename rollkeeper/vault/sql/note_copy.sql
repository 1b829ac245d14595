-- Notes that a sealed copy of a document lies in the document store.
-- Law: art. 4 ¶1. Reads: -. Writes: vault_copy. Plan: one insert. Again: refused by the primary key.
INSERT INTO vault_copy (person_id, tenure_id, position, digest) VALUES (%s, %s, %s, %s)
