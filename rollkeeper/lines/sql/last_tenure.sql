-- Returns a line, found by its whole number, with its current or last subscriber, and which people of the tenure are protected;
-- empty if there never was one.
-- Law: art. 5, 11. Reads: lines_number, lines_tenure, subscribers_subscriber. Writes: -.
-- Plan: lines_number_pkey, the few tenures of one line, subscribers_subscriber_pkey. Again: the same row.
SELECT n.line_id, h.*,
       ARRAY(SELECT s.person_id FROM subscribers_subscriber s
              WHERE s.is_protected AND s.person_id IN (h.person_id, h.user_person_id, h.bearer_person_id, h.guardian_person_id))
           AS protected
  FROM lines_find_numbers(ARRAY[%s]::bytea[]) n
  LEFT JOIN LATERAL (
       SELECT tenure_id, party_kind, person_id, user_person_id, bearer_person_id, guardian_person_id, assurance,
              commitment, lower(held) AS since, upper(held) AS until
         FROM lines_tenure WHERE line_id = n.line_id ORDER BY held DESC LIMIT 1) h ON true
