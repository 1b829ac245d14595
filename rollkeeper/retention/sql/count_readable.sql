-- Counts sealed records by whether their key exists.
-- Law: -. Reads: vault_sealed, vault_living (temporary). Writes: -. Plan: hash join; once a restore.
-- Again: the same numbers.
SELECT count(*) FILTER (WHERE k.person_id IS NOT NULL) AS opening,
       count(*) FILTER (WHERE k.person_id IS NULL) AS without_key
  FROM (SELECT DISTINCT person_id, tenure_id FROM vault_sealed) AS s
  LEFT JOIN vault_living k USING (person_id, tenure_id)
