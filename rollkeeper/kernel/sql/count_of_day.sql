-- Counts what is limited in a day, and tells whether one more is within the limit of the 24 hours up to now, and the hour before them at most.
-- Law: art. 11 (no one can access everyone). Reads: kernel_countmark, the sequences that are given. Writes: the same.
-- Plan: one nextval and the last values of two sequences; once an hour a handful of marks. Again: it counts again.
-- `counter` counts on and is never taken back: a row of a table would not do, since a session could take its count back by rolling its
-- transaction back. `since` keeps the hour in which was last counted, and the point from which is counted, and is not taken back either: who
-- counts in another hour sets it first. So when an hour begins, all that is counted was counted by the end of the hour that it names: a mark
-- says so, and the newest mark that is a day old becomes the point. A mark that was rolled back, or a session in an older snapshot, leaves
-- an older point, from which more is counted. What is beyond the limit is not counted: who goes on asking would else never get below it.
CREATE TABLE IF NOT EXISTS kernel_countmark (
    counter text NOT NULL,
    marked_at timestamptz NOT NULL,
    reached bigint NOT NULL
);

CREATE OR REPLACE FUNCTION kernel_count_in_day(counter regclass, since regclass, most bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    an_hour CONSTANT bigint := 10000000000000;
    -- From 2020, in no zone: a session chooses its own.
    this_hour CONSTANT bigint := floor(date_part('epoch', clock_timestamp()) / 3600)::bigint - 438288;
    counted CONSTANT bigint := coalesce(pg_sequence_last_value(counter), 0);
    begun bigint := coalesce(pg_sequence_last_value(since), 0);
BEGIN
    IF begun / an_hour <> this_hour THEN
        INSERT INTO kernel_countmark (counter, marked_at, reached) VALUES (counter::text,
            CASE WHEN begun = 0 THEN clock_timestamp()
                 ELSE least(to_timestamp((begun / an_hour + 438289) * 3600), clock_timestamp()) END, counted);
        begun := this_hour * an_hour + coalesce((SELECT max(m.reached) FROM kernel_countmark m
            WHERE m.counter = kernel_count_in_day.counter::text AND m.marked_at <= clock_timestamp() - interval '24 hours'), 0);
        DELETE FROM kernel_countmark WHERE ctid = ANY (ARRAY(
            SELECT m.ctid FROM kernel_countmark m
             WHERE m.counter = kernel_count_in_day.counter::text AND m.reached < begun % an_hour FOR UPDATE SKIP LOCKED));
        PERFORM setval(since, begun);
    END IF;
    RETURN counted - begun % an_hour < most AND nextval(counter) - begun % an_hour <= most;
END
$$;
REVOKE ALL ON FUNCTION kernel_count_in_day FROM PUBLIC;
