-- Takes back the attempts that a successful sign-in had counted, and remembers that this name signs in from this source.
-- Law: art. 11 (only who must may act). Reads: access_attempt. Writes: access_attempt.
-- Plan: primary key, four rows. Again: the same, and one more attempt is forgiven.
WITH forgiven AS (
    DELETE FROM access_attempt WHERE name_mark = %(here)s AND counted_by = CURRENT_USER
),
counted_back AS (
    UPDATE access_attempt SET tries = greatest(tries - 1, 0)
     WHERE name_mark = ANY (%(others)s) AND counted_by = CURRENT_USER
)
INSERT INTO access_attempt (name_mark, counted_by, tries, since)
VALUES (%(known)s, CURRENT_USER, 0, clock_timestamp())
ON CONFLICT (name_mark, counted_by) DO UPDATE SET since = excluded.since
