-- Notes references of letters that came back, each once.
-- Law: art. 3 (informed is who was provably reached). Reads: -. Writes: notices_returnedletter.
-- Plan: one probe of the primary key a reference. Again: nothing.
INSERT INTO notices_returnedletter (reference, recorded_at, staff_id)
SELECT reference, %(at)s, %(staff_id)s::uuid FROM unnest(%(references)s::text[]) AS r (reference)
ON CONFLICT (reference) DO NOTHING
