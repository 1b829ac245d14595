-- Begins holdings. The temporal key refuses one that overlaps another of the same line.
-- Law: art. 2. Reads: -. Writes: lines_holding. Plan: one insert.
-- Again: refused by the temporal key.
INSERT INTO lines_holding (line_id, held, holding_id, party_kind, person_id, user_person_id, bearer_person_id,
                           guardian_person_id, assurance, commitment, route, accepted_through)
SELECT line_id, tstzrange(%(at)s, NULL), holding_id, party_kind, person_id, user_person_id, bearer_person_id,
       guardian_person_id, assurance, commitment, route, accepted_through
  FROM unnest(%(line_ids)s::uuid[], %(holding_ids)s::uuid[], %(party_kinds)s::text[], %(person_ids)s::uuid[],
              %(users)s::uuid[], %(bearers)s::uuid[], %(guardians)s::uuid[], %(assurances)s::text[],
              %(commitments)s::text[], %(routes)s::text[], %(accepted)s::date[])
    AS begun (line_id, holding_id, party_kind, person_id, user_person_id, bearer_person_id, guardian_person_id,
              assurance, commitment, route, accepted_through)
