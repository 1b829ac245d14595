-- Tells functions who acts, and the day and instant, so that they do not trust an app. Lets transactions wait for each other.
-- Law: art. 11 (who acted, and when). Reads: settings of the session; functions that `operations/bootstrap.py` makes out of the
-- instance's settings. Writes: -. Plan: no table. Again: CREATE OR REPLACE: the same functions.

-- Returns the role that connected, or the role in which the tests act. In a function with its owner's rights CURRENT_USER is the owner, but
-- these two roles stay the same. A role can only become a role of which it is a member, and an app's role is a member of none.
-- In plpgsql, a session plans this and the next function once; in SQL they would be inlined into each trigger's condition, and planned for
-- each statement. The path is set because in a session with a temporary table, triggers and functions have different paths, and each
-- switch between them would plan the functions again.
CREATE OR REPLACE FUNCTION kernel_acting_role() RETURNS name
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN CASE current_setting('role') WHEN 'none' THEN session_user ELSE current_setting('role')::name END;
END
$$;

-- Whether the role belongs to an app that takes connections: an attacker may control its process.
CREATE OR REPLACE FUNCTION kernel_is_app() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE SET search_path = public, pg_temp AS $$
BEGIN
    RETURN kernel_acting_role() IN ('counter', 'backoffice', 'portal');
END
$$;

-- Whether the action comes from a counter: from its role, or from the worker that processes offline registrations.
CREATE OR REPLACE FUNCTION kernel_acts_for_counter() RETURNS boolean
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    RETURN kernel_acting_role() = 'counter' OR coalesce(current_setting('rollkeeper.acts_for_counter', true), '') = 'on';
END
$$;

-- The instant of an action. A demo instance may have another date, so there the process gives the instant; elsewhere the database does.
CREATE OR REPLACE FUNCTION kernel_instant(said timestamptz) RETURNS timestamptz
LANGUAGE sql VOLATILE RETURN CASE WHEN kernel_is_production() OR said IS NULL THEN clock_timestamp() ELSE said END;

-- The day of an action, in the zone in which this instance counts days.
CREATE OR REPLACE FUNCTION kernel_day(said date) RETURNS date
LANGUAGE sql VOLATILE
RETURN CASE WHEN kernel_is_production() OR said IS NULL THEN (clock_timestamp() AT TIME ZONE kernel_zone())::date ELSE said END;

-- Refuses days that no program can read: one such day in a single row would stop the work on all other rows.
CREATE OR REPLACE FUNCTION kernel_require_finite(VARIADIC days date[]) RETURNS void
LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF EXISTS (SELECT FROM unnest(days) AS said (day) WHERE day NOT BETWEEN '0001-01-01' AND '9999-12-31') THEN
        RAISE EXCEPTION 'kernel_day_without_end' USING ERRCODE = 'check_violation';
    END IF;
END
$$;

-- The function of every trigger that only refuses. Its two arguments are the name of the refusal and the kind of fault.
CREATE OR REPLACE FUNCTION kernel_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', TG_ARGV[0] USING ERRCODE = TG_ARGV[1];
END
$$;

-- Locks keys of a matter until the transaction ends; each app may lock only some matters. An app may not take advisory locks directly:
-- with them it could stop the network, the batches and the vault for as long as it likes.
CREATE OR REPLACE FUNCTION kernel_lock(matter text, keys text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF NOT (CASE kernel_acting_role()
               WHEN 'counter' THEN matter IN ('approval', 'line_limit', 'agent', 'linking')
               WHEN 'backoffice' THEN matter IN ('approval', 'stays', 'sample', 'agent', 'work_request', 'closing')
               WHEN 'portal' THEN matter IN ('code_request')
               ELSE NOT kernel_is_app() END)
       OR kernel_is_app() AND cardinality(keys) > 100
    THEN
        RAISE EXCEPTION 'kernel_lock_of_another' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(matter || ' ' || one.key, 0))
       FROM (SELECT DISTINCT key FROM unnest(keys) AS every (key) ORDER BY key) AS one;
END
$$;

-- Makes a rotation of keys wait until this transaction has sealed its values.
CREATE OR REPLACE FUNCTION kernel_share_sealing() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT pg_advisory_xact_lock_shared(1936023916)
$$;
