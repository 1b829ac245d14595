-- Lists the days on which a stage may happen as far as the calendar goes: neither closed nor stayed.
-- Law: cn-xz-2011 art. 3, civil law art. 154 (no line loses service on a day when the counter that restores it is closed).
-- Reads: nothing; the closed days come from the pack's calendar as a parameter.
-- Writes: temp table law_open_day (day), with its key.
-- Plan: generate_series; three years: 20 ms (two cores shared with others, 2026-11-24).
-- Again: the same rows; the table is rebuilt.
DROP TABLE IF EXISTS pg_temp.law_open_day;
CREATE TEMP TABLE law_open_day (day date PRIMARY KEY) ON COMMIT DROP;
INSERT INTO law_open_day
SELECT s::date
  FROM generate_series(%(first)s::date, %(through)s::date, interval '1 day') AS s
 WHERE s::date <> ALL (%(closed)s::date[]) AND NOT %(stays)s::datemultirange @> s::date;
ANALYZE law_open_day;
