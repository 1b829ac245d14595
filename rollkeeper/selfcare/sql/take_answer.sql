-- Deletes an answer as it is read, or cancels an unanswered request.
-- Law: art. 11 (shown once). Reads: selfcare_portalrequest. Writes: selfcare_portalrequest. Plan: primary key. Again: nothing.

DELETE FROM selfcare_portalrequest WHERE request_id = %s RETURNING answer
