-- Takes an answer away as it is read, or takes back a request that nobody has answered.
-- Law: art. 11 (shown once). Reads: selfcare_portalrequest. Writes: selfcare_portalrequest. Plan: primary key. Again: nothing.

DELETE FROM selfcare_portalrequest WHERE request_id = %s RETURNING answer
