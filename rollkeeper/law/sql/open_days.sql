-- Lists the days of the calendar on which a stage may happen, in order: days that are neither closed nor stayed. Include it where an array
-- of days is needed. The first open day from `day` on has the index `width_bucket(day - 1, array) + 1`.
-- Law: cn-xz-2011 art. 3, civil law art. 154 (no line loses service on a day when the counter that restores it is closed).
-- Reads: nothing; the closed days come from the pack's calendar as a parameter. Writes: -.
-- Plan: generate_series, once for each statement; three years: 1 ms.
-- Again: the same.
ARRAY(SELECT s::date
        FROM generate_series(%(calendar_from)s::date, %(through)s::date, interval '1 day') AS s
       WHERE s::date <> ALL (%(closed)s::date[]) AND NOT %(stays)s::datemultirange @> s::date
       ORDER BY s)
