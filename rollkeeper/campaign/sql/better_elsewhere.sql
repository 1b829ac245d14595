-- Counts the lines of a campaign's cohort, not yet registered or verified, that another campaign takes because it gives a later last day.
-- Law: the packs' cohorts. Reads: lines_line, lines_tenure. Writes: -. Plan: one pass over the lines; once a planning of a law with
-- several campaigns. Again: the same number.
SELECT count(*) AS lines
  FROM lines_line l
 WHERE l.state IN ('active', 'suspended') AND l.is_registered = %(asks_again)s
   AND
-- include campaign.fits_cohort
   AND
-- include campaign.in_later_cohort
