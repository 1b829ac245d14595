-- Gives each line's clock the union of its pauses; with known_through, only the part up to that day. Returns when the first clock begins.
-- Law: art. 3 (without a justified reason); overlapping pauses are a union.
-- Reads: lines_pause, member_clock (temporary). Writes: member_clock.
-- Plan: only lines that have a pause are touched; lines_pause_pkey by line, or a hash join where they are many.
-- Again: the same pauses.
WITH paused AS (
    UPDATE member_clock c
       SET pauses = CASE WHEN %(known_through)s::date IS NULL THEN p.days
                         ELSE p.days * datemultirange(daterange(NULL, %(known_through)s::date, '[]')) END
      FROM (SELECT line_id, range_agg(days) AS days
              FROM lines_pause
             WHERE line_id IN (SELECT line_id FROM member_clock)
             GROUP BY line_id) p
     WHERE p.line_id = c.line_id
)
SELECT min(anchor_on) AS first FROM member_clock
