-- What an app may do to the server of the keys itself: connect to its own database, a bounded number of times, for bounded work.
-- Law: art. 5, 11 (no role holds up the destruction of keys). Reads: pg_proc. Writes: rights, settings of roles, one function.
-- Plan: -. Again: the same rights. Run by the superuser of the server; on a server of your own run it once, and after an upgrade.

-- By default every role may use advisory locks, for which a rotation waits, and large objects.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
                AND (p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^lo_' OR p.proname IN ('loread', 'lowrite')) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
        IF one::text ~ 'advisory' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO migrator, vault', one);
        END IF;
    END LOOP;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO migrator, sealer, vault, ledger', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO migrator, vault', current_database());  -- the table of living keys
END
$$;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;

-- A role may change the settings of its later sessions: they are reset.
ALTER ROLE sealer RESET ALL;
ALTER ROLE vault RESET ALL;
ALTER ROLE ledger RESET ALL;

-- No line of the server's log may hold a value of a row. A role cannot change these.
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['migrator', 'sealer', 'vault', 'ledger'] LOOP
        EXECUTE format('ALTER ROLE %I SET log_statement = none', one);
        EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', one);
        EXECUTE format('ALTER ROLE %I SET log_min_error_statement = panic', one);
        EXECUTE format('ALTER ROLE %I SET log_min_duration_statement = -1', one);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length = 0', one);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', one);
    END LOOP;
END
$$;

-- A session may change its own timeouts, so they bind honest sessions only: a rotation ends transactions that outlast them.
ALTER ROLE sealer CONNECTION LIMIT 48;
ALTER ROLE sealer SET statement_timeout = '30s';
ALTER ROLE sealer SET transaction_timeout = '60s';
ALTER ROLE sealer SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE sealer SET temp_file_limit = '64MB';

CREATE OR REPLACE FUNCTION vault_end_long_transactions(older_than interval) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE usename = 'sealer' AND datname = current_database() AND xact_start < clock_timestamp() - older_than
$$;
REVOKE ALL ON FUNCTION vault_end_long_transactions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vault_end_long_transactions TO vault;
SELECT vault_end_long_transactions('3 minutes');  -- the steps of setup that follow change tables
