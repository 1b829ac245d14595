-- Counts one attempt to sign in under a user name by one way of signing in, and returns the number in the present window.
-- Law: art. 11 (only who must may act). Reads: access_attempt. Writes: access_attempt, one row.
-- Plan: primary key; one row. Again: counts one more. Atomic: attempts at the same instant are all counted.
INSERT INTO access_attempt (name_mark, counted_by, tries, since)
VALUES (%(mark)s, CURRENT_USER, 1, clock_timestamp())
ON CONFLICT (name_mark, counted_by) DO UPDATE SET
    tries = CASE WHEN access_attempt.since < clock_timestamp() - %(window)s THEN 1 ELSE access_attempt.tries + 1 END,
    since = CASE WHEN access_attempt.since < clock_timestamp() - %(window)s
                 THEN clock_timestamp() ELSE access_attempt.since END
RETURNING tries
