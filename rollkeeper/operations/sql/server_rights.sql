-- What an app may do to the server of the register itself: connect to its own database, a bounded number of times, for bounded work.
-- Law: art. 11 (least privilege; no role holds up the others). Reads: pg_proc. Writes: rights, settings of roles, one function.
-- Plan: -. Again: the same rights. Run by the superuser of the server; on a server of your own run it once, and after an upgrade.

-- By default every role may use advisory locks and large objects. Apps wait for each other only through kernel_lock.
DO $$
DECLARE
    one regprocedure;
BEGIN
    FOR one IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
                AND (p.proname ~ '^pg_(try_)?advisory_' OR p.proname ~ '^lo_' OR p.proname IN ('loread', 'lowrite')) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
        IF one::text ~ 'advisory' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO migrator, worker, vault, vault_service', one);
        END IF;
    END LOOP;
    -- A table's statistics and its size tell a role of rows that it may not read, such as whether its access raised an alarm.
    FOR one IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
                AND (p.proname ~ '^pg_stat_get_(?!db_)' AND p.proargtypes[0] = 'oid'::regtype AND p.pronargs = 1
                     OR p.proname IN ('pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size')) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO migrator, worker', one);
    END LOOP;
    -- The log, the server's statistics and the next transaction number tell how much others write and whom they wait for. A worker writes more for a
    -- number that belongs to a line: an attacker who compares before and after could try all numbers. A message in the log tells its place; the
    -- state of a transaction tells whether its number was used yet.
    FOR one IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
                AND (p.proname ~ '^pg_stat_get_(db_|wal|io$|slru$|bgwriter_|checkpointer_|buf_|archiver$|activity$|backend_|progress_|replication_)'
                     OR p.proname ~ '^pg_current_(wal_|snapshot$|xact_id)' OR p.proname ~ '^txid_(current|status)'
                     OR p.proname ~ '^pg_(last_wal_|last_xact_|last_committed_|xact_|logical_emit_|blocking_pids|safe_snapshot_|available_wal_|wal_summary_)'
                     OR p.proname IN ('pg_control_checkpoint', 'pg_database_size', 'pg_tablespace_size', 'mxid_age', 'pg_get_multixact_members',
                                      'pg_get_replication_slots', 'pg_get_wal_summarizer_state')
                     OR p.proname = 'age' AND p.proargtypes[0] = 'xid'::regtype) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO migrator, worker, console, vault, vault_service', one);
    END LOOP;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_current_xact_id() TO counter, backoffice;  -- it identifies the entries of one of their transactions
    -- A role that changes the settings of its later sessions, or a default right, writes a row of these catalogues, which holds the transaction's
    -- number. The server itself reads them whatever is granted.
    REVOKE ALL ON pg_catalog.pg_db_role_setting, pg_catalog.pg_default_acl, pg_catalog.pg_shdepend FROM PUBLIC;
    GRANT SELECT ON pg_catalog.pg_db_role_setting, pg_catalog.pg_default_acl, pg_catalog.pg_shdepend
        TO migrator, worker, console, vault, vault_service;
    -- A lock's number is a hash of its subject: an attacker who hashes all documents would learn which one is being registered.
    REVOKE ALL ON FUNCTION pg_catalog.pg_lock_status() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_lock_status() TO migrator, worker, vault, vault_service;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO migrator, counter, backoffice, portal, worker, console, vault, vault_service, auditor', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO migrator, worker', current_database());
END
$$;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;

-- A command on the machine may do what a worker does, and also what a worker does only on the request of a page.
GRANT worker TO console;

-- A role may change the settings of its later sessions. They are reset here, so that an attacker who had a role for a moment leaves nothing behind.
ALTER ROLE counter RESET ALL;
ALTER ROLE backoffice RESET ALL;
ALTER ROLE portal RESET ALL;
ALTER ROLE worker RESET ALL;
ALTER ROLE console RESET ALL;
ALTER ROLE vault RESET ALL;
ALTER ROLE vault_service RESET ALL;
ALTER ROLE auditor RESET ALL;

-- No line of the server's log may hold a value of a row. A role cannot change these.
DO $$
DECLARE
    one text;
BEGIN
    FOREACH one IN ARRAY ARRAY['migrator', 'counter', 'backoffice', 'portal', 'worker', 'console', 'vault', 'vault_service', 'auditor'] LOOP
        EXECUTE format('ALTER ROLE %I SET log_statement = none', one);
        EXECUTE format('ALTER ROLE %I SET log_error_verbosity = terse', one);
        EXECUTE format('ALTER ROLE %I SET log_min_error_statement = panic', one);
        EXECUTE format('ALTER ROLE %I SET log_min_duration_statement = -1', one);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length = 0', one);
        EXECUTE format('ALTER ROLE %I SET log_parameter_max_length_on_error = 0', one);
    END LOOP;
END
$$;

-- No app takes all connections from the others. A session may change its own timeouts, so they bind honest sessions only. It cannot change
-- temp_file_limit, and kernel_end_long_transactions ends transactions that outlast the timeouts.
ALTER ROLE counter CONNECTION LIMIT 24;
ALTER ROLE backoffice CONNECTION LIMIT 16;
ALTER ROLE portal CONNECTION LIMIT 16;
ALTER ROLE auditor CONNECTION LIMIT 2;
ALTER ROLE counter SET statement_timeout = '30s';
ALTER ROLE counter SET transaction_timeout = '120s';
ALTER ROLE counter SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE counter SET temp_file_limit = '64MB';
ALTER ROLE backoffice SET statement_timeout = '30s';
ALTER ROLE backoffice SET transaction_timeout = '120s';
ALTER ROLE backoffice SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE backoffice SET temp_file_limit = '256MB';
ALTER ROLE portal SET statement_timeout = '30s';
ALTER ROLE portal SET transaction_timeout = '120s';
ALTER ROLE portal SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE portal SET temp_file_limit = '64MB';

-- These apps act on one line or one person at a time. A session and the functions that it calls keep a plan that was made while the tables were
-- almost empty. If it scans the whole table, each registration takes longer than the one before, until there are statistics.
ALTER ROLE counter SET enable_seqscan = off;
ALTER ROLE portal SET enable_seqscan = off;
-- One plan is as good for every line: looking for a better plan takes longer than the statement.
ALTER ROLE counter SET plan_cache_mode = force_generic_plan;
ALTER ROLE portal SET plan_cache_mode = force_generic_plan;

CREATE OR REPLACE FUNCTION public.kernel_end_long_transactions() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE datname = current_database() AND xact_start < clock_timestamp() - interval '3 minutes'
       -- An auditor reads for long. One that has written, a setting of its role, holds up the ledger: no later entry gets a leaf.
       AND (usename IN ('counter', 'backoffice', 'portal') OR usename = 'auditor' AND backend_xid IS NOT NULL)
$$;
REVOKE ALL ON FUNCTION public.kernel_end_long_transactions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.kernel_end_long_transactions TO worker;
SELECT public.kernel_end_long_transactions();  -- the steps of setup that follow change tables
