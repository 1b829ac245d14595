-- Returns every reference of one person: the given one, and those that a counter joined to it.
-- Law: art. 2 (a limit applies to one person, under all their documents). Reads: subscribers_personlink. Writes: -.
-- Plan: subscribers_joined_pkey, then subscribers_personlink_by_principal; inlined into the statement that asks. Again: the same rows.

CREATE OR REPLACE FUNCTION subscribers_references_of(whose uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT whole.principal_id
      FROM (SELECT coalesce((SELECT j.principal_id FROM subscribers_personlink j WHERE j.person_id = whose), whose)) AS whole (principal_id)
     UNION ALL
    SELECT j.person_id
      FROM subscribers_personlink j
     WHERE j.principal_id = coalesce((SELECT k.principal_id FROM subscribers_personlink k WHERE k.person_id = whose), whose)
$$;
