-- Counts the lines that are due on a day, and those that are due but that no batch may include.
-- Law: art. 3; a promised day is never shortened. Reads: member_clock, law_due (temporary). Writes: -.
-- Plan: one hash join. Again: the same numbers.
SELECT coalesce(c.excluded, 'due') AS what, count(*) AS lines
  FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
 WHERE
-- include campaign.is_due
 GROUP BY 1
