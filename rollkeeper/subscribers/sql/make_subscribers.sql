-- Makes references to people.
-- Law: art. 2. Reads: -. Writes: subscribers_subscriber. Plan: one insert.
-- Again: refused by the primary key.
INSERT INTO subscribers_subscriber (person_id, kind, language, is_protected, made_on)
SELECT person_id, kind, language, false, %(on)s
  FROM unnest(%(persons)s::uuid[], %(kinds)s::text[], %(languages)s::text[]) AS made (person_id, kind, language)
