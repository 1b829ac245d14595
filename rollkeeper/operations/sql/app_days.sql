-- Refuses days and instants of an app that are infinite or in another age: one such row, which no program can read, would hold up every notice,
-- command or case.
-- Law: art. 3 (who is concerned is told). Reads: the rights that roles.sql gave. Writes: triggers on the tables in which apps write such
-- columns by their own rights; functions check theirs. Plan: the WHEN clause alone: comparisons, and no function call for a valid
-- day. Again: the same triggers.
-- The ledger needs no trigger: the database sets its instant and day.
-- Drops the former function, which read each row as JSON.
DROP FUNCTION IF EXISTS kernel_require_days() CASCADE;
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT a.attrelid::regclass AS of_table, string_agg(quote_literal(a.attname), ', ' ORDER BY a.attnum) AS columns,
               string_agg(format(CASE a.atttypid WHEN 'date'::regtype THEN 'NEW.%1$I NOT BETWEEN date ''1900-01-01'' AND date ''2499-12-31'''
                                 ELSE 'NEW.%1$I NOT BETWEEN timestamptz ''1900-01-01 00:00Z'' AND timestamptz ''2499-12-31 00:00Z''' END, a.attname),
                          ' OR ' ORDER BY a.attnum) AS is_none
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
           AND a.atttypid IN ('date'::regtype, 'timestamptz'::regtype) AND c.relname <> 'ledger_entry'
           AND EXISTS (SELECT FROM unnest(ARRAY['counter', 'backoffice', 'portal']) AS app (role)
                        WHERE has_column_privilege(app.role, a.attrelid, a.attnum, 'INSERT, UPDATE'))
         GROUP BY a.attrelid
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER kernel_days BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN ((%s) AND kernel_is_app())'
                       ' EXECUTE FUNCTION kernel_refuse(%L, ''insufficient_privilege'', %s)', one.of_table, one.is_none,
                       one.of_table || '_of_no_day', one.columns);
    END LOOP;
END
$$;
