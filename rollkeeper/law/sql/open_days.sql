-- Lists the days on which a stage may happen as far as the calendar goes, in order: neither closed nor stayed. To be included where an
-- array of days is wanted; the first of them from a day on is the one after `width_bucket(day - 1, array)`.
-- Law: cn-xz-2011 art. 3, civil law art. 154 (no line loses service on a day when the counter that restores it is closed).
-- Reads: nothing; the closed days come from the pack's calendar as a parameter. Writes: -.
-- Plan: generate_series, once a statement; three years: 1 ms.
-- Again: the same.
ARRAY(SELECT s::date
        FROM generate_series(%(calendar_from)s::date, %(through)s::date, interval '1 day') AS s
       WHERE s::date <> ALL (%(closed)s::date[]) AND NOT %(stays)s::datemultirange @> s::date
       ORDER BY s)
