-- Counts what the apps look up in the indexes of numbers and documents, and refuses more than a day's limit.
-- Law: art. 11 (no one can access everyone). Reads: two sequences. Writes: the same.
-- Plan: one nextval a number or document. Again: CREATE OR REPLACE: the same functions; a lookup counts again.
-- An app holds the key of the indexes: with a table of them it would read back every number. So no app selects an index; functions of
-- the packages `lines` and `subscribers` answer for one value, and count it here. A row of a table would not do: a session could take
-- its count back by rolling its transaction back. A sequence cannot be taken back, is the same for all sessions of an app, and waits for
-- none. It counts on from the number of the day times 10^12, so that a day needs no reset.
CREATE SEQUENCE IF NOT EXISTS access_lookups_counter AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS access_lookups_backoffice AS bigint MINVALUE 0 START 0;

CREATE OR REPLACE FUNCTION access_count_lookups(looked_up integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    counter CONSTANT regclass := CASE kernel_acting_role() WHEN 'counter' THEN 'access_lookups_counter'
                                                           WHEN 'backoffice' THEN 'access_lookups_backoffice' END;
    a_day CONSTANT bigint := 1000000000000;
    -- In UTC: a session chooses its own time zone, and in another one it would begin another day.
    first CONSTANT bigint := ((clock_timestamp() AT TIME ZONE 'UTC')::date - '2020-01-01'::date) * a_day;
    most CONSTANT bigint := access_lookups_per_day();
    reached bigint;
BEGIN
    IF counter IS NULL THEN
        IF kernel_is_app() THEN
            RAISE EXCEPTION 'access_lookups_not_for_this_app' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN;
    END IF;
    FOR nth IN 1..coalesce(looked_up, 0) LOOP
        reached := nextval(counter);
        IF reached < first OR reached >= first + a_day THEN
            reached := setval(counter, first);
        END IF;
        IF reached - first >= most THEN
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
