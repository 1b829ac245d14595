-- Counts one attempt to sign in under each of the given marks and tells how many there were in the present window.
-- Law: art. 11 (only who must may act). Reads: access_attempt. Writes: access_attempt, a row a mark; removes stale rows.
-- Plan: primary key; access_attempt_by_age for at most 100 stale rows. Again: counts one more.
-- Atomic: attempts at the same instant are all counted. Marks come sorted, so that two attempts cannot wait for each other.
WITH stale AS (
    DELETE FROM access_attempt
     WHERE (name_mark, counted_by) IN (
        SELECT name_mark, counted_by FROM access_attempt
         WHERE since < clock_timestamp() - %(known_for)s AND counted_by = CURRENT_USER
         ORDER BY since LIMIT 100 FOR UPDATE SKIP LOCKED)
       AND name_mark <> ALL (%(marks)s)
)
INSERT INTO access_attempt (name_mark, counted_by, tries, since)
SELECT mark, CURRENT_USER, 1, clock_timestamp()
  FROM unnest(%(marks)s::bytea[]) WITH ORDINALITY AS one (mark, nth)
 ORDER BY nth
ON CONFLICT (name_mark, counted_by) DO UPDATE SET
    -- A window that begins in the future was begun while the machine's clock was ahead: it begins again.
    tries = CASE WHEN access_attempt.since BETWEEN clock_timestamp() - %(window)s AND clock_timestamp()
                 THEN access_attempt.tries + 1 ELSE 1 END,
    since = CASE WHEN access_attempt.since BETWEEN clock_timestamp() - %(window)s AND clock_timestamp()
                 THEN access_attempt.since ELSE clock_timestamp() END
RETURNING name_mark, tries
