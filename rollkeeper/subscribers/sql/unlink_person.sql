-- Takes one reference out of those that are one person; the others stay together, under another of them where it led them.
-- Law: -. Reads: subscribers_personlink. Writes: subscribers_personlink. Plan: subscribers_joined_pkey and subscribers_personlink_by_principal.
-- Again: no row.

WITH led AS (
    SELECT min(person_id::text)::uuid AS next_id FROM subscribers_personlink WHERE principal_id = %(person)s
), gone AS (
    DELETE FROM subscribers_personlink
     WHERE person_id = %(person)s OR person_id = (SELECT next_id FROM led)
    RETURNING person_id
), moved AS (
    UPDATE subscribers_personlink SET principal_id = (SELECT next_id FROM led)
     WHERE principal_id = %(person)s AND person_id <> (SELECT next_id FROM led)
)
SELECT person_id FROM gone
