-- Counts uses that are limited in a day, and tells whether one more is within the limit of the last 24 hours, or of at most 25.
-- Law: art. 11 (no one can access everyone). Reads: kernel_countmark, the sequences that are given. Writes: the same.
-- Plan: one nextval and the last values of two sequences; once an hour a handful of marks. Again: it counts again.
-- `counter` and `since` are sequences, because a rollback does not undo a sequence: a session could roll back a count in a table. `counter`
-- only grows. `since` holds two things: the hour of the last count, and the value of `counter` from which the day is counted. The first
-- count in a new hour sets `since` before it counts. It writes a mark: `counter` had reached its value by the end of the hour in `since`.
-- Then the newest mark that is a day old gives the new starting value. If a mark was rolled back, or the session has an older snapshot, an
-- older starting value applies, and more is counted. Uses beyond the limit are not counted: a caller who keeps asking would stay above it.
CREATE TABLE IF NOT EXISTS kernel_countmark (
    counter text NOT NULL,
    marked_at timestamptz NOT NULL,
    reached bigint NOT NULL
);

CREATE OR REPLACE FUNCTION kernel_count_in_day(counter regclass, since regclass, most bigint) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    an_hour CONSTANT bigint := 10000000000000;
    -- Hours since 2020 in UTC, since a session can choose its zone.
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
