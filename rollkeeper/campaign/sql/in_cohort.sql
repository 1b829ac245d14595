-- Whether a campaign takes a line, whatever that has done since: it is of the cohort, and of no other campaign's that gives a later
-- last day. To be included: wants lines_line as l.
-- Law: the pack's cohort. Reads: lines_tenure, where registered subscribers are asked again. Writes: -. Plan: lines_tenure_pkey by line.
-- Again: the same.
(
-- include campaign.fits_cohort
 AND NOT
-- include campaign.in_later_cohort
)
