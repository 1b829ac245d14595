-- Counts what the apps look up in the indexes of numbers and documents, and refuses more than a day's limit.
-- Law: art. 11 (no one can access everyone). Reads: four sequences. Writes: the same.
-- Plan: one nextval a number or document. Again: CREATE OR REPLACE: the same functions; a lookup counts again.
-- An app holds the key of the indexes: with a table of them it would read back every number. So no app selects an index; functions of
-- the packages `lines` and `subscribers` answer for one value, and count it here, in a sequence (kernel/sql/count_of_day.sql).
CREATE SEQUENCE IF NOT EXISTS access_lookups_counter AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS access_lookups_backoffice AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS access_lookups_counter_since AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS access_lookups_backoffice_since AS bigint MINVALUE 0 START 0;
-- Removes what an earlier version counted: it began each day of UTC at the day's number times 10^12. A new sequence is set to 0, since the
-- first call would otherwise count nothing.
DROP FUNCTION IF EXISTS access_nth_of_day(regclass);
SELECT setval('access_lookups_counter', 0) FROM access_lookups_counter WHERE last_value >= 1000000000000 OR NOT is_called;
SELECT setval('access_lookups_backoffice', 0) FROM access_lookups_backoffice WHERE last_value >= 1000000000000 OR NOT is_called;

CREATE OR REPLACE FUNCTION access_count_lookups(looked_up integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    counter CONSTANT regclass := CASE kernel_acting_role() WHEN 'counter' THEN 'access_lookups_counter'
                                                           WHEN 'backoffice' THEN 'access_lookups_backoffice' END;
    since CONSTANT regclass := CASE kernel_acting_role() WHEN 'counter' THEN 'access_lookups_counter_since'
                                                         WHEN 'backoffice' THEN 'access_lookups_backoffice_since' END;
    most CONSTANT bigint := access_lookups_per_day();
BEGIN
    IF counter IS NULL THEN
        IF kernel_is_app() THEN
            RAISE EXCEPTION 'access_lookups_not_for_this_app' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN;
    END IF;
    FOR nth IN 1..coalesce(looked_up, 0) LOOP
        IF NOT kernel_count_in_day(counter, since, most) THEN
            RAISE EXCEPTION 'access_lookup_limit_reached' USING ERRCODE = 'check_violation';
        END IF;
    END LOOP;
END
$$;

-- Counts a row that is inserted as a lookup.
CREATE OR REPLACE FUNCTION access_count_row() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM access_count_lookups(1);
    RETURN NEW;
END
$$;
REVOKE ALL ON FUNCTION access_count_row FROM PUBLIC;
