-- Counts what the apps look up in the indexes of numbers and documents, and refuses more than a day's limit.
-- Law: art. 11 (no one can access everyone). Reads: two sequences. Writes: the same.
-- Plan: one nextval a number or document. Again: CREATE OR REPLACE: the same functions; a lookup counts again.
-- An app holds the key of the indexes: with a table of them it would read back every number. So no app selects an index; functions of
-- the packages `lines` and `subscribers` answer for one value, and count it here. A row of a table would not do: a session could take
-- its count back by rolling its transaction back. A sequence cannot be taken back, is the same for all sessions of an app, and waits for
-- none. It counts on from the number of the day times 10^12, so that a day needs no reset.
CREATE SEQUENCE IF NOT EXISTS access_lookups_counter AS bigint MINVALUE 0 START 0;
CREATE SEQUENCE IF NOT EXISTS access_lookups_backoffice AS bigint MINVALUE 0 START 0;


-- Which one this is of a day in UTC, from 0: a session chooses its own time zone, and in another one it would begin another day. One session
-- begins the day: several at once, or one that began before midnight, would begin it again for what was counted meanwhile.
CREATE OR REPLACE FUNCTION access_nth_of_day(counter regclass) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    a_day CONSTANT bigint := 1000000000000;
    first bigint := ((clock_timestamp() AT TIME ZONE 'UTC')::date - '2020-01-01'::date) * a_day;
    reached bigint := nextval(counter);
BEGIN
    IF reached NOT BETWEEN first AND first + a_day - 1 THEN
        PERFORM pg_advisory_lock(hashtextextended('access_nth_of_day', counter::oid::bigint));
        first := ((clock_timestamp() AT TIME ZONE 'UTC')::date - '2020-01-01'::date) * a_day;
        reached := nextval(counter);
        IF reached NOT BETWEEN first AND first + a_day - 1 THEN
            reached := setval(counter, first);
        END IF;
        PERFORM pg_advisory_unlock(hashtextextended('access_nth_of_day', counter::oid::bigint));
    END IF;
    RETURN reached - first;
END
$$;
REVOKE ALL ON FUNCTION access_nth_of_day FROM PUBLIC;

CREATE OR REPLACE FUNCTION access_count_lookups(looked_up integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    counter CONSTANT regclass := CASE kernel_acting_role() WHEN 'counter' THEN 'access_lookups_counter'
                                                           WHEN 'backoffice' THEN 'access_lookups_backoffice' END;
    most CONSTANT bigint := access_lookups_per_day();
BEGIN
    IF counter IS NULL THEN
        IF kernel_is_app() THEN
            RAISE EXCEPTION 'access_lookups_not_for_this_app' USING ERRCODE = 'insufficient_privilege';
        END IF;
        RETURN;
    END IF;
    FOR nth IN 1..coalesce(looked_up, 0) LOOP
        IF access_nth_of_day(counter) >= most THEN
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
