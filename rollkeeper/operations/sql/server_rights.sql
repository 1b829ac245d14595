-- What an app may do to the server of the register itself: connect to its own database, a bounded number of times, for bounded work.
-- Law: art. 11 (least privilege; no role holds up the others). Reads: pg_proc. Writes: rights, settings of roles, one function.
-- Plan: -. Again: the same rights. Run by the superuser of the server; on a server of your own run it once, and after an upgrade.

-- Advisory locks and large objects are every role's by default. Apps wait for each other through kernel_lock alone.
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
    -- What the server counts of a table, and its size, tell of rows that a role may not read: whether its access raised an alarm.
    FOR one IN SELECT p.oid FROM pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace
                AND (p.proname ~ '^pg_stat_get_(?!db_)' AND p.proargtypes[0] = 'oid'::regtype AND p.pronargs = 1
                     OR p.proname IN ('pg_relation_size', 'pg_table_size', 'pg_indexes_size', 'pg_total_relation_size')) LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', one);
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO migrator, worker', one);
    END LOOP;
    -- How much others write, and in how many transactions, by the log, by what the server counts or by the next number, and whom they wait for: a
    -- worker writes more for a number that is a line's, and who asks before and after would try them all. A message in the log tells its place;
    -- the state of a transaction tells whether there was one of that number yet.
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
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_current_xact_id() TO counter, backoffice;  -- by which the entries of one of their transactions are known
    -- A row of these catalogues is written by who sets what its own later sessions begin with, or a default right, and holds that transaction's
    -- number. The server itself reads them whatever is granted.
    REVOKE ALL ON pg_catalog.pg_db_role_setting, pg_catalog.pg_default_acl, pg_catalog.pg_shdepend FROM PUBLIC;
    GRANT SELECT ON pg_catalog.pg_db_role_setting, pg_catalog.pg_default_acl, pg_catalog.pg_shdepend
        TO migrator, worker, console, vault, vault_service;
    -- A lock's number is a hash of what it is about: a document that is registered at this moment, to who tries all.
    REVOKE ALL ON FUNCTION pg_catalog.pg_lock_status() FROM PUBLIC;
    GRANT EXECUTE ON FUNCTION pg_catalog.pg_lock_status() TO migrator, worker, vault, vault_service;
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO migrator, counter, backoffice, portal, worker, console, vault, vault_service, auditor', current_database());
    EXECUTE format('GRANT TEMPORARY ON DATABASE %I TO migrator, worker', current_database());
END
$$;
REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC;

-- Who types commands on the machine does what a worker does, and besides what a worker does only on a request of a page.
GRANT worker TO console;

-- A role may change what its own later sessions begin with: an attacker who was there for a moment leaves nothing behind.
ALTER ROLE counter RESET ALL;
ALTER ROLE backoffice RESET ALL;
ALTER ROLE portal RESET ALL;
ALTER ROLE worker RESET ALL;
ALTER ROLE console RESET ALL;
ALTER ROLE vault RESET ALL;
ALTER ROLE vault_service RESET ALL;
ALTER ROLE auditor RESET ALL;

-- No app takes all connections from the others. A session may set its own timeouts, so that they bind honest ones; it cannot set
-- temp_file_limit, and kernel_end_long_transactions ends what outlasts the timeouts.
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

-- What these apps do is about one line or one person. A plan that was made while the tables were almost empty is kept by a session and by
-- the functions that it called; by a scan of the whole table each registration would take longer than the one before, until statistics come.
ALTER ROLE counter SET enable_seqscan = off;
ALTER ROLE portal SET enable_seqscan = off;
-- So no plan is better for one line than for another: to look for a better one takes longer than the statement.
ALTER ROLE counter SET plan_cache_mode = force_generic_plan;
ALTER ROLE portal SET plan_cache_mode = force_generic_plan;

CREATE OR REPLACE FUNCTION public.kernel_end_long_transactions() RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
    SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity
     WHERE usename IN ('counter', 'backoffice', 'portal') AND datname = current_database()
       AND xact_start < clock_timestamp() - interval '3 minutes'
$$;
REVOKE ALL ON FUNCTION public.kernel_end_long_transactions FROM PUBLIC;
GRANT EXECUTE ON FUNCTION public.kernel_end_long_transactions TO worker;
