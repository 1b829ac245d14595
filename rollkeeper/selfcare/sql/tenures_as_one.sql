-- Lists a tenure and the tenures before it of the same person on the same line without a gap: a corrected record counts as the same tenure,
-- though it has another reference.
-- Law: art. 1 (the lawful rights of people), 2. Reads: lines_tenure. Writes: -. Plan: lines_tenure of one line, a handful of rows.
-- Again: the same.

WITH RECURSIVE same AS (
    SELECT t.line_id, t.person_id, t.tenure_id, t.held FROM lines_tenure AS t
     WHERE t.line_id = %(line_id)s AND t.tenure_id = %(tenure_id)s
     UNION
    SELECT b.line_id, b.person_id, b.tenure_id, b.held
      FROM same JOIN lines_tenure AS b ON b.line_id = same.line_id AND b.person_id = same.person_id AND upper(b.held) = lower(same.held)
)
SELECT tenure_id FROM same
