-- Everything that the database of a register is made of, but its rows: each thing by its kind and name, with its definition.
WITH ours AS (
    SELECT c.oid, c.relname, c.relkind, c.relacl, c.relrowsecurity FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
       AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
)
SELECT 'function' AS kind, p.oid::regprocedure::text AS name,
       pg_get_functiondef(p.oid) || ' ' || (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(p.proacl) a) AS definition
  FROM pg_proc p
 WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f'
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
UNION ALL
SELECT 'relation', relname, format('%s %s %s', relkind, relrowsecurity, (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(relacl) a)) FROM ours
UNION ALL
SELECT 'column', format('%s.%s', relname, attname),
       format('%s %s %s %s', format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid),
              (SELECT string_agg(a::text, ' ' ORDER BY a::text) FROM unnest(attacl) a))
  FROM ours JOIN pg_attribute ON attrelid = ours.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
UNION ALL
SELECT 'trigger', format('%s.%s', relname, tgname), pg_get_triggerdef(t.oid) || tgenabled::text
  FROM ours JOIN pg_trigger t ON tgrelid = ours.oid AND NOT tgisinternal
UNION ALL
SELECT 'constraint', format('%s.%s', relname, conname), pg_get_constraintdef(t.oid) FROM ours JOIN pg_constraint t ON conrelid = ours.oid
UNION ALL
SELECT 'index', indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT 'policy', format('%s.%s', tablename, policyname), format('%s %s %s %s', roles, cmd, qual, with_check) FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'statistics', stxname, pg_get_statisticsobjdef(oid) FROM pg_statistic_ext WHERE stxnamespace = 'public'::regnamespace
