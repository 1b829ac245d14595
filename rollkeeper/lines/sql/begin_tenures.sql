-- Begins tenures. The temporal key refuses one that overlaps another of the same line.
-- Law: art. 2. Reads: -. Writes: lines_tenure. Plan: one insert.
-- Again: refused by the temporal key.
INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, user_person_id, bearer_person_id,
                           guardian_person_id, assurance, commitment, route, accepted_through)
SELECT line_id, tstzrange(%(at)s, NULL), tenure_id, party_kind, person_id, user_person_id, bearer_person_id,
       guardian_person_id, assurance, commitment, route, accepted_through
  FROM unnest(%(line_ids)s::uuid[], %(tenure_ids)s::uuid[], %(party_kinds)s::text[], %(person_ids)s::uuid[],
              %(users)s::uuid[], %(bearers)s::uuid[], %(guardians)s::uuid[], %(assurances)s::text[],
              %(commitments)s::text[], %(routes)s::text[], %(accepted)s::date[])
    AS begun (line_id, tenure_id, party_kind, person_id, user_person_id, bearer_person_id, guardian_person_id,
              assurance, commitment, route, accepted_through)
