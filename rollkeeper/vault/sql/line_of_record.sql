-- Gives the line of a subscriber's record and its commitment: a worker could name another line.
-- Law: art. 5, 11 (each access is recorded where its person sees it). Reads: lines_tenure. Writes: -. Plan: lines_tenure_by_person, a few
-- rows. Again: the same.
SELECT line_id, commitment FROM lines_tenure WHERE person_id = %(person_id)s AND tenure_id = %(tenure_id)s LIMIT 1
