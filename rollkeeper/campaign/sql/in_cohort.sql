-- Whether a campaign takes a line, even if it was registered since then: the line is in its cohort, and in no cohort of another campaign
-- that gives a later last day. To be included: wants lines_line as l.
-- Law: the pack's cohort. Reads: lines_tenure, if registered subscribers are asked again. Writes: -. Plan: lines_tenure_pkey by line.
-- Again: the same.
(
-- include campaign.fits_cohort
 AND NOT
-- include campaign.in_later_cohort
)
