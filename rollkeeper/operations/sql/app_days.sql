-- Refuses an app days and instants without end, or of another age: one in a single row, which no program can read, would keep every notice,
-- command or case from its turn.
-- Law: art. 3 (who is concerned is told). Reads: the rights that roles.sql gave. Writes: triggers on the tables in which apps write such
-- columns by their own rights; functions see to theirs. Plan: the WHEN clause alone for others. Again: the same triggers.
-- In the ledger the database says the instant and the day.
CREATE OR REPLACE FUNCTION kernel_require_days() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    said CONSTANT jsonb := to_jsonb(NEW);
BEGIN
    FOR nth IN 0..TG_NARGS - 1 LOOP
        IF said ->> TG_ARGV[nth] !~ '^(19|2[0-4])[0-9]{2}-' THEN
            RAISE EXCEPTION '%_of_no_day', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END IF;
    END LOOP;
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION kernel_require_days FROM PUBLIC;
DO $$
DECLARE
    one record;
BEGIN
    FOR one IN
        SELECT a.attrelid::regclass AS of_table, string_agg(quote_literal(a.attname), ', ' ORDER BY a.attnum) AS columns
          FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
           AND a.atttypid IN ('date'::regtype, 'timestamptz'::regtype) AND c.relname <> 'ledger_entry'
           AND EXISTS (SELECT FROM unnest(ARRAY['counter', 'backoffice', 'portal']) AS app (role)
                        WHERE has_column_privilege(app.role, a.attrelid, a.attnum, 'INSERT, UPDATE'))
         GROUP BY a.attrelid
    LOOP
        EXECUTE format('CREATE OR REPLACE TRIGGER kernel_days BEFORE INSERT OR UPDATE ON %s FOR EACH ROW WHEN (kernel_is_app())'
                       ' EXECUTE FUNCTION kernel_require_days(%s)', one.of_table, one.columns);
    END LOOP;
END
$$;
