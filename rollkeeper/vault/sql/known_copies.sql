-- Tells which of these objects of the document store the register knows.
-- Law: art. 5. Reads: vault_copy. Writes: -. Plan: vault_copy_pkey by the person and tenure in the name. Again: the same.
SELECT asked.name
  FROM unnest(%(names)s::text[]) AS asked (name)
 WHERE asked.name ~ '^[0-9a-f]{2}/[0-9a-f-]{36}/[0-9a-f-]{36}-[0-9]$'
   AND EXISTS (SELECT FROM vault_copy c
                WHERE c.tenure_id = substr(asked.name, 4, 36)::uuid AND c.person_id = substr(asked.name, 41, 36)::uuid
                  AND c.position = right(asked.name, 1)::smallint)
