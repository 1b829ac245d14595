-- Takes an answer away as it is read, or takes back an ask that nobody has answered.
-- Law: art. 11 (shown once). Reads: rights_ask. Writes: rights_ask. Plan: primary key. Again: nothing.

DELETE FROM rights_ask WHERE ask_id = %s RETURNING answer
