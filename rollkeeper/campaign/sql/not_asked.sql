-- Whether a campaign must no longer ask a line's subscriber to register or verify. To be included: wants lines_line as l. Lines that were just
-- registered or verified again leave as registered (leave_campaign.sql).
-- Law: the pack's cohort. Reads: lines_tenure. Writes: -. Plan: lines_tenure_pkey by line. Again: the same.
(NOT
-- include campaign.in_cohort
 AND (l.must_reverify OR NOT %(asks_again)s) OR %(asks_again)s AND NOT l.is_registered OR l.must_reverify AND NOT %(asks_again)s)
