-- Counts the lost cases of these tenures, which count as one, and how many of these were appealed against; also tells whether the line is
-- suspended for a missing registration, and whether the suspension was appealed against.
-- Law: art. 1 (the lawful rights of people). Reads: selfcare_case, lines_suspension. Writes: -.
-- Plan: selfcare_case_of_line, a handful of rows. Again: the same.

WITH mine AS MATERIALIZED (
    SELECT * FROM selfcare_case WHERE line_id = %(line_id)s AND (tenure_id = ANY (%(tenures)s::uuid[]) OR tenure_id IS NULL AND %(tenures)s::uuid[] = '{}')
), lost AS (
    SELECT c.case_id, c.settled_on, EXISTS (SELECT FROM mine AS a WHERE a.against = c.case_id) AS appealed
      FROM mine AS c WHERE c.upheld = false AND c.because IS DISTINCT FROM 'taken_back' AND c.kind IN ('not_mine', 'dispute', 'correct')
), off AS (
    SELECT max(begun_on) AS since FROM lines_suspension
     WHERE line_id = %(line_id)s AND reason = 'registration' AND restored_on IS NULL
)
SELECT (SELECT count(*) FROM lost) AS dismissed, (SELECT count(*) FROM lost WHERE appealed) AS appealed,
       (SELECT case_id FROM lost WHERE NOT appealed ORDER BY settled_on DESC, case_id DESC LIMIT 1) AS newest,
       off.since IS NOT NULL AS suspended,
       EXISTS (SELECT FROM mine WHERE kind = 'appeal' AND against IS NULL AND opened_on >= off.since) AS suspension_appealed
  FROM off
