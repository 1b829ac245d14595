-- Leaves out of a batch the lines that their subscribers may keep: it includes only as many lines of a person as are too many.
-- Law: what the pack limits. Reads: member_clock, law_due (temporary), and as included. Writes: member_clock (temporary). Plan: hash joins over
-- what is due, and as included; only for a campaign that names a number. Again: nothing more.
WITH candidate AS (
    SELECT c.line_id FROM member_clock c JOIN law_due d USING (anchor_on, days, pauses)
     WHERE c.excluded IS NULL AND
-- include campaign.is_due
),
-- include campaign.beyond_number

UPDATE member_clock c SET excluded = %(within)s
 WHERE c.excluded IS NULL AND c.line_id IN (SELECT line_id FROM candidate EXCEPT SELECT line_id FROM beyond)
