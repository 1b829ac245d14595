-- Raises an alarm about a ledger entry of an access, if the entry is about a protected subscriber or a limit that was reached.
-- Law: art. 11. Reads: ledger_entry. Writes: vault_alarm. Plan: ledger_entry_pkey. Again: one alarm for each limit and day.
--
-- It is called for every refused access: so the same statements run for a protected subscriber and for a number that no line has.
-- The entry says who asked: a process that names another entry raises no alarm about anyone else.
CREATE OR REPLACE FUNCTION vault_raise_access_alarm(entry bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    access record;
BEGIN
    SELECT e.staff_id, e.body::jsonb #>> '{facts,outcome}' AS came, e.body::jsonb #>> '{facts,reached}' AS reached INTO access
      FROM ledger_entry e WHERE e.entry_id = entry AND e.verb = 'line:access:recorded';
    INSERT INTO vault_alarm (alarm_id, raised_at, entry_id, staff_id, about)
    SELECT CASE access.came
               WHEN 'refused_protected' THEN md5('protected ' || entry)::uuid
               ELSE md5(concat_ws(' ', access.reached, CASE WHEN access.reached NOT LIKE '%\_total' THEN access.staff_id::text END,
                                  (clock_timestamp() AT TIME ZONE 'UTC')::date))::uuid
           END,
           clock_timestamp(), entry, access.staff_id,
           CASE WHEN access.came = 'refused_protected' THEN 'protected'
                WHEN access.reached LIKE 'lookup%' THEN 'limit_of_lookups' ELSE 'limit_of_documents' END
     WHERE access.came IN ('refused_protected', 'refused_limit')
        ON CONFLICT DO NOTHING;
END
$$;
